"""Every row that points to another shows it in short, so what is shown there is repeated in every list."""

from collections.abc import Iterator

from backend_architect.design.check.paths import references_with_paths
from backend_architect.design.hidden import known_rules, rule_or_none
from backend_architect.design.implication import implies
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Edge, Entity, Field, FieldType
from backend_architect.design.warn.sensitive_fields import is_sensitive
from backend_architect.errors import Problem

CARD_TEXT = 100
"""A related row shows its texts up to this length, unless the relation says what to `show`."""
MAX_TEXT = 400
"""Characters of text in one nested row, from which a page of a hundred rows is mostly repetition."""


def warn_nested_texts(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `card-repeats-text`: much text in a nested row, or something personal that nobody asked for."""
    for path, row, item in references_with_paths(loaded.design):
        target = loaded.design.entities.get(item.to or "")
        if target is None or isinstance(row, Edge):
            continue
        shown = _shown(target, item)
        where = path.removesuffix(".to") if item.show is None else path.removesuffix(".to") + ".show"
        yield from _long(loaded, where, target, shown)
        if item.show is None and _is_open(loaded, target):
            yield from _personal(loaded, where, target, shown)


def _shown(target: Entity, item: Field) -> list[Field]:
    """Return the texts that are nested."""
    if item.show is not None:
        return [target.fields[name] for name in item.show if name in target.fields]
    left_out = {FieldType.JSON, FieldType.LIST, FieldType.FILE, FieldType.REFERENCE}
    fields = [field for field in target.fields.values() if not field.read and field.type not in left_out]
    return [field for field in fields if field.type is not FieldType.TEXT or field.length[1] <= CARD_TEXT]


def _is_open(loaded: LoadedDesign, target: Entity) -> bool:
    """Return whether everybody who has signed in may read the related row: others get null in its place."""
    rule = rule_or_none(loaded.design, target, target.allow.get("read"))
    return rule is not None and implies(known_rules(loaded.design, target, "signed_in"), rule)


def _long(loaded: LoadedDesign, path: str, target: Entity, shown: list[Field]) -> Iterator[Problem]:
    texts = [field for field in shown if field.type is FieldType.TEXT]
    size = sum(field.length[1] for field in texts)
    if size > MAX_TEXT:
        names = ", ".join(f"`{field.name}`" for field in texts)
        message = f"{names} of {target.name}, up to {size:,} characters, stand in every row that points to it"
        yield loaded.warning("card-repeats-text", path, message, "name what is needed: `show: [name]`")


def _personal(loaded: LoadedDesign, path: str, target: Entity, shown: list[Field]) -> Iterator[Problem]:
    names = [field.name for field in shown if is_sensitive(field)]
    if names:
        listed = ", ".join(f"`{name}`" for name in names)
        message = f"{listed} of {target.name} would be in every row that points to it"
        fix = "name what is needed: `show: [name]`; or give the field a `read` rule"
        yield loaded.warning("card-repeats-text", path, message, fix)
