"""Which values of a row can be another one later, and by what."""

from sqlglot import exp

from backend_architect.design.expressions import Kept
from backend_architect.design.model import Action, Design, Entity, Row, RowAction
from backend_architect.design.routes import routes_of
from backend_architect.design.states import changed_by_action
from backend_architect.design.syntax import parse


def changed_by_effects(design: Design) -> set[tuple[str, str]]:
    """Return the entities' fields that the effects and actions of other rows change."""
    found = set()
    for entity in design.entities.values():
        for path in (path for effects in entity.effects.values() for path in effects):
            relation, _, name = path.partition(".")
            found.add((entity.fields[relation].to or "", name))
        for action in entity.actions.values():
            found |= {(target, name) for target, name in changed_by_action(entity, action) if target != entity.name}
    return found


def changing_columns(design: Design, kept: Kept, entity: Entity) -> set[str]:
    """Return the columns of an entity that can have another value later: by an update, an action, an effect, a count,
    a cascade.

    A use case written by hand may change every field that is not set for good when the row is made.
    """
    fields = [item for item in entity.fields.values() if item.is_reference and item.on_delete == "set null"]
    if not _is_nobody(entity.allow.get("update")):
        fields += entity.accepted("update")
    if any(route.custom and route.row is entity and route.method != "GET" for route in routes_of(design)):
        fields += [item for item in entity.fields.values() if item.set is None]
    own = {
        name
        for action in entity.actions.values()
        for of, name in changed_by_action(entity, action)
        if of == entity.name
    }
    columns = {item.column for item in fields} | {entity.fields[name].column for name in own}
    columns |= {entity.fields[name].column for of, name in changed_by_effects(design) if of == entity.name}
    columns |= {f"{name}_count" for name in entity.counts if kept(entity.name, name)}
    return columns | {"updated_at"} if columns else columns


def counting_tables(design: Design, kept: Kept, row: Row, action: Action | RowAction) -> set[str]:
    """Return the tables that change with a write of a row: by kept counts, by effects, and by what an action sets."""
    if isinstance(action, RowAction):
        assert isinstance(row, Entity)
        changed = changed_by_action(row, action)
        moving = {name for of, name in changed if of == row.name}
        related = {design.entities[of].table for of, _ in changed if of != row.name}
        return related | _counting(design, kept, row, moving)
    moving = {item.name for item in row.accepted("update")} if isinstance(row, Entity) else set()
    counting = {
        entity.table
        for entity in design.entities.values()
        for count in entity.counts.values()
        if count.source == row.plural and kept(entity.name, count.name) and (action != "update" or count.via in moving)
    }
    effects = row.effects.get(action, {}) if isinstance(row, Entity) else {}
    names = (path.partition(".")[0] for path in effects)
    return counting | {design.entities[row.fields[name].to or ""].table for name in names}


def _counting(design: Design, kept: Kept, row: Row, moving: set[str]) -> set[str]:
    """Return the tables whose kept counts follow a row when these of its relations change."""
    return {
        entity.table
        for entity in design.entities.values()
        for count in entity.counts.values()
        if count.source == row.plural and kept(entity.name, count.name) and count.via in moving
    }


def _is_nobody(rule: str | None) -> bool:
    tree = parse(rule) if rule else None
    return tree is None or (isinstance(tree, exp.Column) and tree.name == "nobody")
