"""Which writes take turns: those whose rule looks at rows that such writes make, so that two at once would not see
each other.

`not exists (select from votes where …)` and `(select count(*) from seats where …) < 5` are read from the statement's
snapshot: of two creations at once neither sees the other, and both are let in. A lock taken by a statement of its own,
before, lets the second one begin when the first has ended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from backend_architect.design.expressions import resolve_rule, taken_row
from backend_architect.design.model import ACTIONS, Action, Edge, Entity, Row, RowAction
from backend_architect.design.mutable_values import counting_tables
from backend_architect.design.syntax import conjuncts
from backend_architect.queries.model import Query, Turn
from backend_architect.queries.new_row import NEW
from backend_architect.queries.resolved import ResolvedDesign, column


@dataclass(frozen=True)
class _Write:
    """A kind of write: the tables that its rule searches, those that it changes, and what narrows the search.

    `ties` are columns that every searched row shares with the row that is written.
    """

    row: Row
    action: Action | RowAction
    reads: frozenset[str]
    changes: frozenset[str]
    ties: frozenset[str]


def with_turn(resolved: ResolvedDesign, query: Query, action: Action | RowAction, *rules: exp.Expr) -> Query:
    """Return the statement, with the turn that it must take before it, if any."""
    mine = _write(resolved, query.row, action, rules)
    if not mine.reads:  # most rules search nothing: no other write has to be looked at
        return query
    writes = _writes(resolved)
    others = [each for each in writes if each.row is not query.row or each.action != action]
    together = _that_must_take_turns(mine, [mine, *others])
    return replace(query, turn=_turn(query, together)) if together else query


def searches(rule: exp.Expr) -> Iterator[exp.Select]:
    """Give the subqueries that may find many rows: what is reached by a relation is one row, and is locked instead."""
    for select in rule.find_all(exp.Select):
        if select.parent is None or "hop" not in select.parent.meta:
            yield select


def _writes(resolved: ResolvedDesign) -> list[_Write]:
    """Return every write that the API has, with its rule as the design says it."""
    rows = resolved.design.rows_by_plural.values()
    plain = [
        _write(resolved, row, action, (resolved.allowed(row, action, _alias(row, action)),))
        for row in rows
        for action in ACTIONS[1:]
        if action in row.allow
    ]
    entities = resolved.design.entities.values()
    return [*plain, *(_act(resolved, entity, each) for entity in entities for each in entity.actions.values())]


def _act(resolved: ResolvedDesign, entity: Entity, action: RowAction) -> _Write:
    """Return an action as a write: its rule and its conditions are what may search rows."""
    takes = taken_row(entity, action)
    texts = (action.allow, *(need.rule for need in action.needs.values()))
    rules = (resolve_rule(resolved.design, entity, text, kept=resolved.kept, takes=takes) for text in texts)
    return _write(resolved, entity, action, tuple(rules))


def _write(resolved: ResolvedDesign, row: Row, action: Action | RowAction, rules: tuple[exp.Expr, ...]) -> _Write:
    reads = frozenset(str(select.args["from_"].this.name) for rule in rules for select in searches(rule))
    changes = frozenset({row.table, *counting_tables(resolved.design, resolved.kept, row, action)})
    return _Write(row, action, reads, changes, _ties(row, _alias(row, action), rules))


def _alias(row: Row, action: Action | RowAction) -> str:
    return NEW if action == "create" else row.table


def _that_must_take_turns(mine: _Write, writes: list[_Write]) -> list[_Write]:
    """Return the writes that may each miss what another one does, in a circle that leads back to this one."""
    ahead = _reached(mine, writes)
    return [each for each in ahead if mine in _reached(each, writes)] if mine in ahead else []


def _reached(start: _Write, writes: list[_Write]) -> list[_Write]:
    """Return every write that changes what this one's rule searches, and so on from there."""
    found: list[_Write] = []
    ahead = [start]
    while ahead:
        one = ahead.pop()
        fresh = [each for each in writes if one.reads & each.changes and each not in found]
        found += fresh
        ahead += fresh
    return found


def _turn(query: Query, together: list[_Write]) -> Turn:
    """Return the turn of a table, or of the rows in it that share a column, where the request names its value."""
    tables = sorted({each.row.table for each in together})
    known = isinstance(query.row, Edge) or all(each.action == "create" for each in together)
    if len(tables) > 1 or not known:
        return Turn(tables[0])
    shared = frozenset.intersection(*(each.ties for each in together))
    column = next((item.column for item in query.row.references if item.column in shared), "")
    name = "me" if _is_me(query.row, column) else column
    return Turn(tables[0], next((param for param in query.params if param.name == name), None))


def _ties(row: Row, alias: str, rules: tuple[exp.Expr, ...]) -> frozenset[str]:
    """Return the columns that a row shares with all the rows that its rules search."""
    shared: frozenset[str] | None = None
    for rule in rules:
        same = _joined_columns(rule)
        for select in searches(rule):
            ties = frozenset(_ties_of(row, select, alias, same))
            shared = ties if shared is None else shared & ties
    return shared or frozenset()


def _joined_columns(rule: exp.Expr) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what each related row's id equals: the column of the row before it."""
    found = {}
    for hop in (node for node in rule.find_all(exp.Exists, exp.Subquery) if "hop" in node.meta):
        alias = hop.meta["hop"][2]
        for part in conjuncts(hop.this.args["where"].this):
            is_join = isinstance(part, exp.EQ) and part.this == column(alias, "id")
            if is_join and isinstance(part.expression, exp.Column):
                found[alias, "id"] = (part.expression.table, part.expression.name)
    return found


def _ties_of(
    row: Row, select: exp.Select, alias: str, same: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[str]:
    """Give the columns of the searched rows that must equal the same column of the row that is written."""
    source = select.args["from_"].this
    for part in conjuncts(select.args["where"].this):
        if not isinstance(part, exp.EQ):
            continue
        for inner, outer in ((part.this, part.expression), (part.expression, part.this)):
            if not isinstance(inner, exp.Column) or inner.table != source.alias_or_name:
                continue
            if _is_caller(outer) and _is_me(row, inner.name) and source.name == row.table:
                yield inner.name
            if isinstance(outer, exp.Column):
                place = (outer.table, outer.name)
                if same.get(place, place) == (alias, inner.name) and source.name == row.table:
                    yield inner.name


def _is_caller(node: exp.Expr) -> bool:
    return isinstance(node, exp.Placeholder) and node.name == "me"


def _is_me(row: Row, name: str) -> bool:
    return any(item.column == name and item.set == "me" for item in row.fields.values())
