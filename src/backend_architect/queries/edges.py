"""Statements on an edge: an idempotent PUT and DELETE of one pair."""

from sqlglot import exp

from backend_architect.design.model import Edge, Field
from backend_architect.design.routes import Route
from backend_architect.queries.context import Context, conditions, hops
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Query
from backend_architect.queries.rows import sql_type
from backend_architect.queries.text import Statement


def put_query(context: Context, route: Route) -> Query:
    """Return the statement that inserts a pair if it may be there; it answers whether that is allowed."""
    edge = _edge(route)
    statement = Statement()
    given = ",\n        ".join(f"{_value(statement, edge, item)} AS {item.column}" for item in edge.fields.values())
    rule = context.allowed(edge, "create", "new", signed_in=True)
    unseen = [item for item in edge.pair if item.set != "me" and item.name not in hops(rule)]
    readable = [context.readable(item, "new") for item in unseen]
    where = conditions(statement, locked(context, edge, "create", rule), *readable, indent=4)
    names = ", ".join(item.column for item in edge.fields.values())
    keys = ", ".join(item.column for item in edge.pair)
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in edge.extra)
    action = f"({keys}) DO UPDATE SET {changes}" if changes else "DO NOTHING"
    template = (
        f"WITH /* {route.statement} */ new AS (\n    SELECT\n        {given}\n), allowed AS (\n"
        f"    SELECT * FROM new\n    WHERE {where}\n), put AS (\n"
        f"    INSERT INTO {edge.table} ({names})\n    SELECT {names} FROM allowed\n    ON CONFLICT {action}\n)\n"
        "SELECT EXISTS (SELECT 1 FROM allowed)"
    )
    looks_elsewhere = bool(unseen or rule.find(exp.Exists, exp.In))
    refused = 404 if looks_elsewhere else 403
    return Query(route.statement, route, edge, "done", template, tuple(statement.params), refused=refused)


def delete_pair_query(context: Context, route: Route) -> Query:
    """Return the statement that deletes a pair that the rule allows; that it was not there is no error."""
    edge = _edge(route)
    statement = Statement()
    rule = conditions(statement, locked(context, edge, "delete", context.allowed(edge, "delete", signed_in=True)))
    pair = [f"{edge.table}.{item.column} = {_value(statement, edge, item).partition('::')[0]}" for item in edge.pair]
    texts = [text for text in dict.fromkeys([*pair, *rule.split("\n  AND ")]) if text != "true"]
    template = f"DELETE /* {route.statement} */ FROM {edge.table}\nWHERE " + "\n  AND ".join(texts)
    return Query(route.statement, route, edge, "always", template, tuple(statement.params))


def _value(statement: Statement, edge: Edge, item: Field) -> str:
    if item.set == "me":
        return f"{statement.viewer('me')}::uuid"
    if not item.is_reference or item.name in edge.extra:
        return f"{statement.value(item.column, f'new.{item.column}')}::{sql_type(item)}"
    source = f"{item.to}_id" if edge.mine else item.column
    return f"{statement.value(item.column, source)}::uuid"


def _edge(route: Route) -> Edge:
    assert isinstance(route.row, Edge)
    return route.row
