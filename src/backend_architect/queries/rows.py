"""Statements on one row: read, create, update, delete."""

from sqlglot import exp

from backend_architect.design.expressions import members
from backend_architect.design.model import Action, Entity, Field, FieldType, Row
from backend_architect.design.routes import Route
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign, any_of, column, conditions, hops
from backend_architect.queries.text import StatementText
from backend_architect.queries.turn_locks import with_turn

SQL_TYPES = {
    FieldType.INTEGER: "bigint",
    FieldType.MONEY: "bigint",
    FieldType.DECIMAL: "numeric",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamptz",
    FieldType.DURATION: "interval",
    FieldType.UUID: "uuid",
    FieldType.JSON: "jsonb",
    FieldType.REFERENCE: "uuid",
}


def sql_type(item: Field) -> str:
    """Return the PostgreSQL type of a field's values."""
    if item.type is FieldType.LIST:
        return f"{SQL_TYPES.get(item.item or FieldType.TEXT, 'text')}[]"
    return SQL_TYPES.get(item.type, "text")


def read_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that reads one row with all that an answer nests."""
    entity = entity_of(route)
    statement = resolved.statement(entity)
    identity = statement.value("id", f"{entity.name}_id")
    rule = resolved.may_read(statement, entity)
    where = f"{entity.table}.id = {identity}" + ("" if rule == "true" else f"\n  AND {rule}")
    template = f"SELECT /* {route.statement} */\n    {{COLUMNS}}\nFROM {entity.table}\n{{JOINS}}\nWHERE {where}"
    return answered_query(resolved, route, statement, template)


def change_label(entity: Entity) -> str:
    """Return what tells beside the columns of a row whether an update has changed it."""
    return "row_changed_" if "row_changed" in members(entity) else "row_changed"


def delete_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that deletes a row that the rule allows; it answers whether there was one."""
    entity = entity_of(route)
    statement = StatementText()
    rule = resolved.allowed(entity, "delete", signed_in=True)
    where = conditions(statement, locked(resolved, entity, "delete", rule))
    identity = statement.value("id", f"{entity.name}_id")
    version = statement.value("version", "if_match")
    condition = f"{entity.table}.id = {identity}" + ("" if where == "true" else f"\n  AND {where}")
    condition += f"\n  AND ({version}::timestamptz[] IS NULL OR {entity.table}.updated_at = ANY({version}))"
    template = f"DELETE /* {route.statement} */ FROM {entity.table}\nWHERE {condition}\nRETURNING true"
    query = Query(route.statement, route, entity, "done", template, tuple(statement.params))
    return with_turn(resolved, query, "delete", rule)


def allowed_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that reads the row of a hand-written use case, if its rule allows it."""
    entity = entity_of(route)
    assert route.custom is not None
    statement = resolved.statement(entity)
    own = resolved.rule(entity, route.custom.allow)
    texts = [resolved.may_read(statement, entity)]
    if own != resolved.allowed(entity, "read"):
        texts.insert(0, conditions(statement, own))
    identity = statement.value("id", f"{entity.name}_id")
    condition = "\n  AND ".join([f"{entity.table}.id = {identity}", *(text for text in texts if text != "true")])
    template = f"SELECT /* {route.statement} */\n    {{COLUMNS}}\nFROM {entity.table}\n{{JOINS}}\nWHERE {condition}"
    return answered_query(resolved, route, statement, template)


def entity_of(route: Route) -> Entity:
    """Return the entity whose rows a route is about."""
    assert isinstance(route.row, Entity)
    return route.row


def answered_query(
    resolved: ResolvedDesign, route: Route, statement: StatementText, template: str, *, refused: int = 404
) -> Query:
    """Return a statement that answers a row as a read would."""
    entity = entity_of(route)
    shape = resolved.shape(entity)
    if not shape.joins:
        template = template.replace("\n{JOINS}", "")
    return Query(route.statement, route, entity, "one", template, tuple(statement.params), shape, refused=refused)


def must_be_readable(resolved: ResolvedDesign, row: Row, item: Field, action: Action) -> bool:
    """Return whether a relation that a client sends needs a check of its own, that its target may be read.

    It does not where everybody may read the target, or where the rule for the action looks through the relation.
    """
    if not item.is_reference:
        return False
    target = resolved.design.entities[item.to or ""]
    readable = resolved.allowed(target, "read")
    if "read" not in target.allow or (isinstance(readable, exp.Boolean) and readable.this):
        return False
    return not looks_through(resolved, row, item, action)


def looks_through(resolved: ResolvedDesign, row: Row, item: Field, action: Action) -> bool:
    """Return whether the rule for an action looks at the target of a relation: it decides by itself, then."""
    return item.name in hops(resolved.allowed(row, action))


def readable_or_absent(resolved: ResolvedDesign, item: Field, alias: str) -> exp.Expr:
    """Return whether the caller may read what a relation of `alias` points at; an optional one may point nowhere."""
    readable = resolved.readable(item, alias)
    if not item.optional:
        return readable
    return any_of(exp.Is(this=column(alias, item.column), expression=exp.Null()), readable)
