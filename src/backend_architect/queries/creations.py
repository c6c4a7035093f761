"""The statement that makes a row: the rule is asked of the row as it would be stored."""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from backend_architect.design.model import Entity, Field
from backend_architect.design.postgres_types import column_type
from backend_architect.design.routes import Route
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Query
from backend_architect.queries.new_row import NEW, absent_value, new_columns, select_new
from backend_architect.queries.resolved import ResolvedDesign, conditions, hops
from backend_architect.queries.rows import answered_query, entity_of, must_be_readable, readable_or_absent
from backend_architect.queries.text import StatementText, listed
from backend_architect.queries.turn_locks import with_turn


def create_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that inserts a row, if the rule holds for it, and answers it as a read would."""
    entity = entity_of(route)
    statement = resolved.statement(entity)
    stored = _stored(entity)
    given = {item.column: _given(route, statement, item) for item in stored}
    computed = {item.column: _computed(resolved, entity, item) for item in stored if item.set not in {None, "me"}}
    rule = resolved.allowed(entity, "create", NEW, signed_in=True)
    unseen = [item for item in entity.accepted("create") if must_be_readable(resolved, entity, item, "create")]
    checks = [readable_or_absent(resolved, item, NEW) for item in unseen]
    where = conditions(statement, locked(resolved, entity, "create", rule), *checks, indent=4)
    into = f"INSERT INTO {entity.table} ({listed(list(given), 8)})"
    if where == "true" and not computed:
        plain = listed([sql.partition("::")[0] for sql in given.values()], 8)
        made = f"created AS (\n    {into}\n    VALUES ({plain})\n    RETURNING *\n)"
    else:
        made = _asked_first(resolved, entity, statement, given, computed, rules=[rule, *checks])
        chosen = _chosen(statement, given, computed, [rule, *checks])
        made += f", created AS (\n    {into}\n    SELECT {chosen}\n    FROM new\n    WHERE {where}\n    RETURNING *\n)"
    answer = f"SELECT\n    {{COLUMNS}}\nFROM created AS {entity.table}\n{{JOINS}}"
    template = f"WITH /* {route.statement} */ {made}\n{answer}"
    looks_elsewhere = bool(hops(rule) or unseen or rule.find(exp.Exists, exp.In))
    query = answered_query(resolved, route, statement, template, refused=404 if looks_elsewhere else 403)
    return with_turn(resolved, query, "create", rule)


def _asked_first(
    resolved: ResolvedDesign,
    entity: Entity,
    statement: StatementText,
    given: Mapping[str, str],
    computed: Mapping[str, exp.Expr],
    *,
    rules: Sequence[exp.Expr],
) -> str:
    """Return the new row, with every column that a rule asks about and every value that others are computed from."""
    early = _early(computed, rules)
    wanted = new_columns(*rules, *computed.values())
    absent = [absent_value(entity, name) for name in sorted(wanted - given.keys())]
    sent = [f"{sql} AS {name}" for name, sql in given.items() if name not in computed]
    return f"new AS (\n    {select_new(statement, [*sent, *absent] or ['1'], early, 4)}\n)"


def _early(computed: Mapping[str, exp.Expr], rules: Sequence[exp.Expr]) -> dict[str, exp.Expr]:
    """Return the computed values that must be there before the row is stored: others, or a rule, read them."""
    wanted = new_columns(*rules, *computed.values())
    return {name: tree for name, tree in computed.items() if name in wanted}


def _chosen(
    statement: StatementText, given: Mapping[str, str], computed: Mapping[str, exp.Expr], rules: Sequence[exp.Expr]
) -> str:
    early = _early(computed, rules)
    late = {name: f"({statement.rule(tree, 8)})" for name, tree in computed.items() if name not in early}
    return listed([late.get(name, f"new.{name}") for name in given], 8)


def _stored(entity: Entity) -> tuple[Field, ...]:
    """Return the fields that a creation stores: those that a client may send, and those that the server sets."""
    accepted = entity.accepted("create")
    return tuple(item for item in entity.fields.values() if item.set or item in accepted)


def _given(route: Route, statement: StatementText, item: Field) -> str:
    """Return the SQL of a field's first value: a parameter, the caller, or '' where it is computed."""
    if item.set == "me":
        return f"{statement.viewer('me')}::uuid"
    if item.set:
        return ""
    is_parent = route.parent is not None and route.parent.name == item.name
    source = f"{item.to}_id" if is_parent else f"new.{item.column}"
    return f"{statement.value(item.column, source)}::{column_type(item)}"


def _computed(resolved: ResolvedDesign, entity: Entity, item: Field) -> exp.Expr:
    """Return the expression by which the server sets a field, over the new row."""
    return resolved.value(entity, item.set or "", NEW).sql
