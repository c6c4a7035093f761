"""Statements on one row: read, create, update, delete."""

from dataclasses import replace

from sqlglot import exp

from backend_architect.design.expressions import members, resolve_value
from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.design.routes import Route
from backend_architect.queries.context import Context, conditions, hops
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Query
from backend_architect.queries.text import Statement, listed

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


def read_query(context: Context, route: Route) -> Query:
    """Return the statement that reads one row with all that an answer nests."""
    entity = _entity(route)
    statement = context.statement(entity)
    identity = statement.value("id", f"{entity.name}_id")
    rule = context.may_read(statement, entity)
    where = f"{entity.table}.id = {identity}" + ("" if rule == "true" else f"\n  AND {rule}")
    template = f"SELECT /* {route.statement} */\n    {{COLUMNS}}\nFROM {entity.table}\n{{JOINS}}\nWHERE {where}"
    return _query(context, route, statement, template)


def create_query(context: Context, route: Route) -> Query:
    """Return the statement that inserts a row, if the rule holds for it, and answers it as a read would."""
    entity = _entity(route)
    statement = context.statement(entity)
    values = [_new_value(context, route, statement, item) for item in _stored_at_creation(entity)]
    names = listed([name for name, _ in values], 8)
    rule = context.allowed(entity, "create", "new", signed_in=True)
    unseen = [item for item in entity.accepted("create") if _must_be_readable(context, item, rule)]
    checks = [_readable_or_absent(context, item) for item in unseen]
    where = conditions(statement, locked(context, entity, "create", rule), *checks, indent=4)
    into = f"INSERT INTO {entity.table} ({names})"
    if where == "true" and not any(sql.startswith("(") for _, sql in values):
        plain = listed([sql.partition("::")[0] for _, sql in values], 8)
        made = f"created AS (\n    {into}\n    VALUES ({plain})\n    RETURNING *\n)"
    else:
        given = ",\n        ".join(f"{sql} AS {name}" for name, sql in values if not sql.startswith("("))
        chosen = listed([sql if sql.startswith("(") else f"new.{name}" for name, sql in values], 8)
        made = (
            f"new AS (\n    SELECT\n        {given}\n), created AS (\n    {into}\n    SELECT {chosen}\n    FROM new\n"
            f"    WHERE {where}\n    RETURNING *\n)"
        )
    answer = f"SELECT\n    {{COLUMNS}}\nFROM created AS {entity.table}\n{{JOINS}}"
    template = f"WITH /* {route.statement} */ {made}\n{answer}"
    looks_elsewhere = bool(hops(rule) or unseen or rule.find(exp.Exists, exp.In))
    return _query(context, route, statement, template, refused=404 if looks_elsewhere else 403)


def update_query(context: Context, route: Route) -> Query:
    """Return the statement that changes the given fields of a row, where the rule and the version allow it."""
    entity = _entity(route)
    statement = context.statement(entity)
    identity = statement.value("id", f"{entity.name}_id")
    accepted = entity.accepted("update")
    assignments = [_assignment(statement, item) for item in accepted]
    rule = context.allowed(entity, "update", signed_in=True)
    unseen = [item for item in accepted if _must_be_readable(context, item, rule)]
    checks = [_new_target_readable(context, statement, item) for item in unseen]
    version = statement.value("version", "if_match")
    where = conditions(statement, locked(context, entity, "update", rule), indent=4)
    texts = [f"{entity.table}.id = {identity}", *([] if where == "true" else [where]), *checks]
    texts.append(f"({version}::timestamptz[] IS NULL OR {entity.table}.updated_at = ANY({version}))")
    told = any(event.plural == entity.plural and event.action == "update" for event in context.design.events)
    label = change_label(entity)
    returned = f", {_is_another(accepted)} AS {label}" if told else ""
    answered = f",\n    {entity.table}.{label}" if told else ""
    template = (
        f"WITH /* {route.statement} */ updated AS (\n    UPDATE {entity.table}\n    SET "
        + ",\n        ".join([*assignments, "updated_at = now()"])
        + "\n    WHERE "
        + "\n      AND ".join(texts)
        + f"\n    RETURNING *{returned}\n)\nSELECT\n    {{COLUMNS}}{answered}\n"
        + f"FROM updated AS {entity.table}\n{{JOINS}}"
    )
    return replace(_query(context, route, statement, template), tells_change=told)


def change_label(entity: Entity) -> str:
    """Return what tells beside the columns of a row whether an update has changed it."""
    return "row_changed_" if "row_changed" in members(entity) else "row_changed"


def delete_query(context: Context, route: Route) -> Query:
    """Return the statement that deletes a row that the rule allows; it answers whether there was one."""
    entity = _entity(route)
    statement = Statement()
    rule = context.allowed(entity, "delete", signed_in=True)
    where = conditions(statement, locked(context, entity, "delete", rule))
    identity = statement.value("id", f"{entity.name}_id")
    version = statement.value("version", "if_match")
    condition = f"{entity.table}.id = {identity}" + ("" if where == "true" else f"\n  AND {where}")
    condition += f"\n  AND ({version}::timestamptz[] IS NULL OR {entity.table}.updated_at = ANY({version}))"
    template = f"DELETE /* {route.statement} */ FROM {entity.table}\nWHERE {condition}\nRETURNING true"
    return Query(route.statement, route, entity, "done", template, tuple(statement.params))


def allowed_query(context: Context, route: Route) -> Query:
    """Return the statement that reads the row of a hand-written use case, if its rule allows it."""
    entity = _entity(route)
    assert route.custom is not None
    statement = context.statement(entity)
    own = context.rule(entity, route.custom.allow)
    texts = [context.may_read(statement, entity)]
    if own != context.allowed(entity, "read"):
        texts.insert(0, conditions(statement, own))
    identity = statement.value("id", f"{entity.name}_id")
    condition = "\n  AND ".join([f"{entity.table}.id = {identity}", *(text for text in texts if text != "true")])
    template = f"SELECT /* {route.statement} */\n    {{COLUMNS}}\nFROM {entity.table}\n{{JOINS}}\nWHERE {condition}"
    return _query(context, route, statement, template)


def _entity(route: Route) -> Entity:
    assert isinstance(route.row, Entity)
    return route.row


def _query(context: Context, route: Route, statement: Statement, template: str, *, refused: int = 404) -> Query:
    entity = _entity(route)
    shape = context.shape(entity)
    if not shape.joins:
        template = template.replace("\n{JOINS}", "")
    return Query(route.statement, route, entity, "one", template, tuple(statement.params), shape, refused=refused)


def _stored_at_creation(entity: Entity) -> tuple[Field, ...]:
    accepted = entity.accepted("create")
    return tuple(item for item in entity.fields.values() if item.set or item in accepted)


def _new_value(context: Context, route: Route, statement: Statement, item: Field) -> tuple[str, str]:
    """Return the column and the SQL of its first value: a parameter, or the expression that the server sets."""
    if item.set and item.set != "me":
        tree = resolve_value(context.design, _entity(route), item.set, alias="new", kept=context.kept).sql
        return item.column, f"({statement.rule(tree, 8)})"
    if item.set == "me":
        return item.column, f"{statement.viewer('me')}::uuid"
    is_parent = route.parent is not None and route.parent.name == item.name
    source = f"{item.to}_id" if is_parent else f"new.{item.column}"
    return item.column, f"{statement.value(item.column, source)}::{sql_type(item)}"


def _must_be_readable(context: Context, item: Field, rule: exp.Expr) -> bool:
    """Return whether a relation that a client sends needs a check of its own: its target is not open to anyone."""
    if not item.is_reference or item.name in hops(rule):
        return False
    target = context.design.entities[item.to or ""]
    readable = context.allowed(target, "read")
    return "read" in target.allow and not (isinstance(readable, exp.Boolean) and readable.this)


def _readable_or_absent(context: Context, item: Field) -> exp.Expr:
    readable = context.readable(item, "new")
    if not item.optional:
        return readable
    absent = exp.Is(this=exp.column(item.column, table="new"), expression=exp.Null())
    return exp.Or(this=absent, expression=readable)


def _new_target_readable(context: Context, statement: Statement, item: Field) -> str:
    tree = context.readable(item, "sent")
    text = statement.rule(tree, 6).replace(f"sent.{item.column}", statement.value(item.column, ""))
    return f"({statement.value(item.column, '')}::uuid IS NULL OR {text})"


def _is_another(items: tuple[Field, ...]) -> str:
    """Return whether the fields have other values than before, as SQL (PostgreSQL 18 returns the old row, too)."""
    old, new = (listed([f"{row}.{item.column}" for item in items], 8) for row in ("old", "new"))
    if not items:
        return "false"
    if len(items) == 1:
        return f"{old} IS DISTINCT FROM {new}"
    both = f"({old}) IS DISTINCT FROM ({new})"
    return both if "\n" not in both else f"(\n        {old}\n    ) IS DISTINCT FROM (\n        {new}\n    )"


def _assignment(statement: Statement, item: Field) -> str:
    """Return `SET` for one field: absent in the request means unchanged, and null clears what is optional."""
    value = statement.value(item.column, f"changes.{item.column}")
    if not item.optional:
        return f"{item.column} = coalesce({value}, {item.column})"
    given = statement.value(f"{item.column}_given", f'"{item.column}" in changes.model_fields_set')
    return f"{item.column} = CASE WHEN {given} THEN {value}::{sql_type(item)} ELSE {item.column} END"
