"""Which writes take turns: those whose rule looks at rows that such writes make, so that two at once would not see
each other.

`not exists (select from votes where …)` and `(select count(*) from seats where …) < 5` are read from the statement's
snapshot: of two creations at once neither sees the other, and both are let in. A lock taken by a statement of its own,
before, lets the second one begin when the first has ended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from backend_architect.design.changing import counting_tables
from backend_architect.design.expressions import Kept, resolve_rule
from backend_architect.design.model import ACTIONS, Action, Design, Row
from backend_architect.design.syntax import conjuncts
from backend_architect.queries.context import Context, column
from backend_architect.queries.model import Query, Turn
from backend_architect.queries.new_row import NEW


@dataclass(frozen=True)
class _Write:
    """A kind of write: the tables that its rule searches, and those that it changes."""

    row: Row
    action: Action
    reads: frozenset[str]
    changes: frozenset[str]


def with_turn(context: Context, query: Query, action: Action, *rules: exp.Expr) -> Query:
    """Return the statement, with the lock that is taken before it where it must take turns."""
    own = searched_tables(*rules)
    writes = _writes(context.design, context.kept)
    mine = next((each for each in writes if each.row is query.row and each.action == action), None)
    if mine is None:
        return query
    mine = replace(mine, reads=mine.reads | own)
    others = [each for each in writes if each.row is not mine.row or each.action != action]
    together = _that_must_take_turns(mine, [mine, *others])
    if not together:
        return query
    return replace(query, turn=_turn(context, query, action, together, rules))


def searched_tables(*rules: exp.Expr) -> frozenset[str]:
    """Return the tables that the rules search: what is reached by a relation is one row, and is locked instead."""
    return frozenset(str(select.args["from_"].this.name) for rule in rules for select in _searches(rule))


def _searches(rule: exp.Expr) -> Iterator[exp.Select]:
    for select in rule.find_all(exp.Select):
        if select.parent is None or "hop" not in select.parent.meta:
            yield select


def _writes(design: Design, kept: Kept) -> tuple[_Write, ...]:
    found = []
    for row in design.rows_by_plural.values():
        for action in ACTIONS[1:]:
            text = row.allow.get(action)
            if text is None:
                continue
            reads = searched_tables(resolve_rule(design, row, text, kept=kept))
            changes = {row.table, *counting_tables(design, kept, row, action)}
            found.append(_Write(row, action, reads, frozenset(changes)))
    return tuple(found)


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


def _turn(context: Context, query: Query, action: Action, together: list[_Write], rules: tuple[exp.Expr, ...]) -> Turn:
    tables = sorted({each.row.table for each in together})
    alone = tables == [query.row.table] and {each.action for each in together} == {"create"} == {action}
    tie = _tie(query.row, rules) if alone else None
    param = next((each for each in query.params if tie and each.name == tie), None)
    return Turn(tables[0], param)


def _tie(row: Row, rules: tuple[exp.Expr, ...]) -> str | None:
    """Return the column that a new row shares with all the rows that its rule searches, None where there is none."""
    shared: set[str] | None = None
    for rule in rules:
        same = _joined_columns(rule)
        for select in _searches(rule):
            ties = set(_ties_of(row, select, same))
            shared = ties if shared is None else shared & ties
    names = [item.column for item in row.references if item.column in (shared or set())]
    return next(("me" if _is_me(row, name) else name for name in names), None)


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


def _ties_of(row: Row, select: exp.Select, same: Mapping[tuple[str, str], tuple[str, str]]) -> Iterator[str]:
    """Give the columns of the searched rows that must equal the same column of the new row."""
    source = select.args["from_"].this
    for part in conjuncts(select.args["where"].this):
        if not isinstance(part, exp.EQ):
            continue
        for inner, outer in ((part.this, part.expression), (part.expression, part.this)):
            if not isinstance(inner, exp.Column) or inner.table != source.alias_or_name:
                continue
            if isinstance(outer, exp.Placeholder) and outer.name == "me" and _is_me(row, inner.name):
                yield inner.name
            if isinstance(outer, exp.Column):
                place = (outer.table, outer.name)
                if same.get(place, place) == (NEW, inner.name):
                    yield inner.name


def _is_me(row: Row, name: str) -> bool:
    return any(item.column == name and item.set == "me" for item in row.fields.values())
