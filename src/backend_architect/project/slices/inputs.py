"""What clients may send, as pydantic fields: as bounded as what the database stores."""

from dataclasses import replace

from backend_architect.design.model import NUMERIC, Entity, Field, FieldType
from backend_architect.design.overflow import MOST_DAYS
from backend_architect.design.python_names import attribute
from backend_architect.project.samples import default_source, sample_source
from backend_architect.queries.shape import python_type
from backend_architect.schema.columns import EMAIL_PATTERN, LIST_MAX, SLUG_PATTERN, URL_PATTERN

PATTERNS = {
    FieldType.SLUG: SLUG_PATTERN,
    FieldType.EMAIL: EMAIL_PATTERN.replace("[:space:]", r"\s"),
    FieldType.URL: URL_PATTERN,
}
SELF_EXPLAINING = {FieldType.ONE_OF, FieldType.BOOLEAN, FieldType.REFERENCE, FieldType.UUID}
"""Types whose schema says all that an example would."""


def input_type(item: Field) -> str:
    """Return the annotation that checks a field, without `None` and default."""
    kind = python_type(item)
    if item.type is FieldType.TIMESTAMP:
        kind = "AwareDatetime"
    if item.type is FieldType.LIST:
        kind = f"list[{_item_type(item.each)}]"
    bounds = _bounds(item)
    return f"Annotated[{kind}, Field({', '.join(bounds)})]" if bounds else kind


def creation_line(item: Field) -> str:
    """Return the field's line in the model of a new row."""
    if item.default is not None:
        return input_line(item, input_type(item), default_source(item))
    if item.optional:
        return input_line(item, f"{input_type(item)} | None", "None")
    if item.type is FieldType.LIST and not item.min:
        return input_line(item, input_type(item), "Field(default_factory=list)")
    return input_line(item, input_type(item))


def action_line(item: Field) -> str:
    """Return the field's line in the model of what an action takes: only optional ones may stay away."""
    return creation_line(item) if item.optional else creation_line(replace(item, default=None))


def change_line(item: Field) -> str:
    """Return the field's line in the model of a change: every field may stay away."""
    return input_line(item, f"{input_type(item)} | None", "None")


def input_line(item: Field, kind: str = "", default: str = "") -> str:
    """Return a model's line; where a model has something else by that name, the field is only called so by clients."""
    name, kind = attribute(item.column), kind or input_type(item)
    kind = kind if name == item.column else f'Annotated[{kind}, Field(alias="{item.column}")]'
    return f"{name}: {kind} = {default}" if default else f"{name}: {kind}"


def clearable(entity: Entity) -> list[str]:
    """Return the fields that a change may set to null."""
    return [attribute(item.column) for item in entity.accepted("update") if item.optional]


def _bounds(item: Field) -> list[str]:
    bounds: list[str] = []
    if item.type in PATTERNS or item.type is FieldType.TEXT:
        low, high = item.length
        bounds += [f"min_length={low}"] if low else []
        bounds.append(f"max_length={high}")
    if item.type in PATTERNS:
        bounds.append(f'pattern=r"{PATTERNS[item.type]}"')
    if item.type in NUMERIC:
        bounds += _number_bounds(item)
    if item.type is FieldType.DURATION:
        bounds += [f"ge=timedelta(days=-{MOST_DAYS})", f"le=timedelta(days={MOST_DAYS})"]
    if item.type is FieldType.BOOLEAN:
        bounds.append("strict=True")
    if item.type is FieldType.LIST:
        bounds += [f"min_length={int(item.min)}"] if item.min else []
        bounds.append(f"max_length={int(item.max or LIST_MAX)}")
    if item.type is FieldType.FILE:
        bounds += ["max_length=200", 'description="The key of an upload of yours."']
    if item.type is FieldType.MONEY and item.currency:
        bounds.append(f'description="Minor units of {item.currency}."')
    if item.type in SELF_EXPLAINING:
        return bounds
    return [*bounds, f"examples=[{sample_source(item, json=True)}]"]


def _number_bounds(item: Field) -> list[str]:
    low, high = item.range
    if item.type is FieldType.DECIMAL:
        stated = [f"{name}={value}" for name, value in (("ge", item.min), ("le", item.max)) if value is not None]
        return [*stated, f"max_digits={18 + item.scale}", f"decimal_places={item.scale}"]
    return ["strict=True", f"ge={int(low)}", f"le={int(high)}"]


def _item_type(item: Field) -> str:
    """Return the annotation that checks an item of a list as a single field is checked."""
    kind = "AwareDatetime" if item.type is FieldType.TIMESTAMP else python_type(item)
    bounds = [bound for bound in _bounds(item) if not bound.startswith("examples=")]
    return f"Annotated[{kind}, Field({', '.join(bounds)})]" if bounds else kind
