"""Statements on an edge: an idempotent PUT and DELETE of one pair."""

from sqlglot import exp

from backend_architect.design.model import Edge, Field
from backend_architect.design.routes import Route
from backend_architect.design.syntax import conjuncts
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Query
from backend_architect.queries.new_row import NEW, absent_value, new_columns, select_new
from backend_architect.queries.resolved import ResolvedDesign, conditions
from backend_architect.queries.rows import looks_through, readable_or_absent, sql_type
from backend_architect.queries.text import StatementText
from backend_architect.queries.turn_locks import with_turn


def put_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that inserts a pair if it may be there; it answers whether that is allowed."""
    edge = _edge(route)
    statement = StatementText()
    given = [f"{_value(statement, edge, item)} AS {item.column}" for item in edge.fields.values()]
    rule = resolved.allowed(edge, "create", NEW, signed_in=True)
    sent = [item for item in edge.references if item.set != "me"]
    unseen = [item for item in sent if not looks_through(resolved, edge, item, "create")]
    readable = [readable_or_absent(resolved, item, NEW) for item in unseen]
    given += [absent_value(edge, name) for name in sorted(new_columns(rule) - {f.column for f in edge.fields.values()})]
    where = conditions(statement, locked(resolved, edge, "create", rule), *readable, indent=4)
    names = ", ".join(item.column for item in edge.fields.values())
    keys = ", ".join(item.column for item in edge.pair)
    action = f"({keys}) {_replaced(resolved, edge, statement)}" if edge.extra else "DO NOTHING"
    template = (
        f"WITH /* {route.statement} */ new AS (\n    {select_new(statement, given, {}, 4)}\n), allowed AS (\n"
        f"    SELECT * FROM new\n    WHERE {where}\n), put AS (\n"
        f"    INSERT INTO {edge.table} ({names})\n    SELECT {names} FROM allowed\n    ON CONFLICT {action}\n)\n"
        f"SELECT EXISTS (SELECT 1 FROM {'put' if edge.extra else 'allowed'})"
    )
    looks_elsewhere = bool(unseen or edge.extra or rule.find(exp.Exists, exp.In, exp.Subquery))
    refused = 404 if looks_elsewhere else 403
    query = Query(route.statement, route, edge, "done", template, tuple(statement.params), refused=refused)
    return with_turn(resolved, query, "create", rule)


def _replaced(resolved: ResolvedDesign, edge: Edge, statement: StatementText) -> str:
    """Return what happens to a pair that is there: its values change, if the rule holds for it as it is, too."""
    columns = {item.column for item in edge.extra.values()}
    rule = resolved.allowed(edge, "create", edge.table, signed_in=True)
    own = [part for part in conjuncts(rule) if new_columns(part, alias=edge.table) & columns]
    asked = conditions(statement, *own, indent=4)
    changes = ", ".join(f"{item.column} = EXCLUDED.{item.column}" for item in edge.extra.values())
    where = f"\n    WHERE {asked}" if own else ""
    return f"DO UPDATE SET {changes}{where}\n    RETURNING true"


def delete_pair_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that deletes a pair that the rule allows; that it was not there is no error."""
    edge = _edge(route)
    statement = StatementText()
    tree = resolved.allowed(edge, "delete", signed_in=True)
    rule = conditions(statement, locked(resolved, edge, "delete", tree))
    pair = [f"{edge.table}.{item.column} = {_value(statement, edge, item).partition('::')[0]}" for item in edge.pair]
    texts = [text for text in dict.fromkeys([*pair, *rule.split("\n  AND ")]) if text != "true"]
    template = f"DELETE /* {route.statement} */ FROM {edge.table}\nWHERE " + "\n  AND ".join(texts)
    query = Query(route.statement, route, edge, "always", template, tuple(statement.params))
    return with_turn(resolved, query, "delete", tree)


def _value(statement: StatementText, edge: Edge, item: Field) -> str:
    if item.set == "me":
        return f"{statement.viewer('me')}::uuid"
    if not item.is_reference or item.name in edge.extra:
        return f"{statement.value(item.column, f'new.{item.column}')}::{sql_type(item)}"
    source = f"{item.to}_id" if edge.mine else item.column
    return f"{statement.value(item.column, source)}::uuid"


def _edge(route: Route) -> Edge:
    assert isinstance(route.row, Edge)
    return route.row
