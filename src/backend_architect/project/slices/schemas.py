"""`schemas.py` of a slice: what goes out as dataclasses, what comes in as pydantic models."""

from backend_architect.design.model import Entity, RowAction
from backend_architect.design.names import words
from backend_architect.design.python_names import class_name
from backend_architect.design.wording import a
from backend_architect.project.slices.imports import SCHEMAS
from backend_architect.project.slices.inputs import action_line, change_line, clearable, creation_line
from backend_architect.queries.model import Nested, Output, Shape


def render_schemas(entity: Entity, shape: Shape, *, nested_column: str | None) -> str:
    """Return the module; `nested_column` is the relation that the path of a creation fills, so no client sends it."""
    parts = [f'"""What clients send and receive about {words(entity.plural)}."""\n{SCHEMAS}']
    parts += [_nested_class(entity, item) for item in shape.outputs if isinstance(item, Nested)]
    parts.append(_row_class(entity, shape))
    if creates(entity):
        parts.append(_new_class(entity, nested_column))
    if "update" in entity.allow:
        parts.append(_changes_class(entity))
    parts += [_action_class(entity, action) for action in entity.actions.values() if entity.taken(action)]
    return "\n\n".join(parts)


def creates(entity: Entity) -> bool:
    """Return whether clients make rows of this entity."""
    return "create" in entity.allow


def _nested_class(entity: Entity, nested: Nested) -> str:
    lines = [f"{output.name}: {output.python}" for output in nested.outputs]
    target = words(entity.fields[nested.name].to or nested.name)
    about = f"What {a(words(entity.name))} shows of the {target} that is its `{nested.name}`."
    return _class(f"@dataclass(slots=True)\nclass {nested.class_name}", about, lines)


def _row_class(entity: Entity, shape: Shape) -> str:
    lines = [_row_line(output) for output in shape.outputs]
    name = class_name(entity.name)
    return _class(f"@dataclass(slots=True)\nclass {name}", f"A {words(entity.name)} as clients see it.", lines)


def _row_line(output: Output | Nested) -> str:
    if isinstance(output, Nested):
        return f"{output.name}: {output.class_name}{' | None' if output.optional else ''}"
    return f"{output.name}: {output.python}"


def _new_class(entity: Entity, nested_column: str | None) -> str:
    fields = [item for item in entity.accepted("create") if item.column != nested_column]
    lines = [creation_line(item) for item in fields]
    return _class(f"class New{class_name(entity.name)}(Input)", f"What it takes to make a {words(entity.name)}.", lines)


def _changes_class(entity: Entity) -> str:
    lines = [change_line(item) for item in entity.accepted("update")]
    named = clearable(entity)
    if named:
        lines = [f"clearable = frozenset({{{', '.join(repr(name) for name in named)}}})", "", *lines]
    about = f"Changes to a {words(entity.name)}: what is not sent stays as it is."
    return _class(f"class {class_name(entity.name)}Changes(Changes)", about, lines)


def _action_class(entity: Entity, action: RowAction) -> str:
    lines = [action_line(item) for item in entity.taken(action)]
    about = f"What it takes to {words(action.name)} {a(words(entity.name))}."
    return _class(f"class {action_class(entity, action)}(Input)", about, lines)


def action_class(entity: Entity, action: RowAction) -> str:
    """Return the class of what a client sends to an action: `ShipOrder`."""
    return class_name(f"{action.name}_{entity.name}")


def _class(head: str, about: str, lines: list[str]) -> str:
    body = "\n    ".join(["", *lines])
    return f'{head}:\n    """{about}"""\n{body}\n'
