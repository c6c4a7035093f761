"""The same lookup, once for each row of a list.

What it checks: a statement that looks up one row (or the rows of one key). Where a log tells the order of a session's
statements: it comes several times in a row after the same statement, in at least half of that one's calls. Else, from
counts alone: it is called at least a thousand times, and about as often as another statement, a list, returns rows in
all, five or more for each of its calls, and a key leads from one's table to the other's.

Why it matters: a page of 20 rows becomes 21 round trips; each is quick, and all of them together are what users wait
for.

Example: `SELECT … FROM posts LIMIT 20` 1,000 times and `SELECT … FROM users WHERE id = $1` 20,000 times.

Instead: one statement: join the table, or look up all keys at once with `WHERE id = ANY($1)`.

When it is wrong: the lookup serves another page altogether, and the ratio is chance.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast, enums

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.tune.examined import Examined
from backend_architect.tune.in_a_row import in_a_row
from backend_architect.tune.indexes.blocks import conjuncts
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import column_name, operator, select_of, tables_of
from backend_architect.tune.workload import Statement, Workload

KIND = enums.A_Expr_Kind
TIMES = 5.0
NEAR = 0.2
OFTEN = 1_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each lookup whose calls are those of a list, times its rows."""
    workload, catalog = observed.workload, observed.catalog
    if workload is None:
        return
    lists = _lists(workload)
    for lookup in observed.statements:
        if not _looks_up(lookup.statement):
            continue
        seen = in_a_row(workload, lookup.statement)
        if seen is not None:
            yield _finding(lookup, seen.listed, Sureness.CERTAIN, seen.facts, rows=seen.run.length)
            continue
        related = [each for each in _feeding(lists, lookup.statement) if _related(catalog, each, lookup.statement)]
        if related:
            yield _likely(lookup, _most_called(related))


def list_of(workload: Workload, lookup: Statement) -> Statement | None:
    """Return the list for each of whose rows a statement is called, None where it is no such lookup."""
    if not _looks_up(lookup):
        return None
    seen = in_a_row(workload, lookup)
    if seen is not None:
        return seen.listed
    feeding = _feeding(_lists(workload), lookup)
    return _most_called(feeding) if feeding else None


def _most_called(lists: list[Statement]) -> Statement:
    return max(lists, key=lambda each: (each.calls, each.id))


def _lists(workload: Workload) -> list[Statement]:
    """Return the statements that return several rows a call, of which each may be looked at."""
    return [each for each in workload.statements if each.rows >= TIMES * max(each.calls, 1) and _is_list(each)]


def _is_list(statement: Statement) -> bool:
    tree = select_of(statement.text)
    if tree is None or tree.groupClause:
        return False
    return not any(call.agg_star for call in nodes(tree.targetList or (), ast.FuncCall))


def _feeding(lists: list[Statement], lookup: Statement) -> list[Statement]:
    """Return the lists that return about as many rows in all as `lookup` is called."""
    if lookup.calls < OFTEN:
        return []
    enough = [each for each in lists if each is not lookup and lookup.calls >= TIMES * each.calls]
    return [each for each in enough if abs(lookup.calls / each.rows - 1) < NEAR]


def _looks_up(statement: Statement) -> bool:
    """Return whether a statement finds the rows of one key, its only parameter in WHERE."""
    tree = select_of(statement.text)
    if tree is None or tree.whereClause is None or len(list(tables_of(tree))) != 1:
        return False
    parts = list(conjuncts(tree.whereClause))
    return any(_is_key(part) for part in parts) and all(_is_simple(part) for part in parts)


def _is_key(part: Any) -> bool:
    """Return whether a condition is `column = $1`, or `column IN ($1)`, which some libraries write for it."""
    if not isinstance(part, ast.A_Expr) or operator(part) != "=":
        return False
    values = list(part.rexpr) if part.kind == KIND.AEXPR_IN and isinstance(part.rexpr, tuple) else [part.rexpr]
    sides = [_bare(each) for each in (part.lexpr, *values)]
    plain = part.kind in {KIND.AEXPR_OP, KIND.AEXPR_IN} and len(sides) == 2
    return plain and any(map(column_name, sides)) and any(isinstance(side, ast.ParamRef) for side in sides)


def _bare(side: Any) -> Any:
    return side.arg if isinstance(side, ast.TypeCast) else side


def _is_simple(part: Any) -> bool:
    """Return whether a condition only narrows a lookup, like `deleted_at IS NULL` or `1 = 1`."""
    if isinstance(part, ast.A_Expr):
        return part.kind in {KIND.AEXPR_OP, KIND.AEXPR_IN} and operator(part) in {"=", "<>"}
    return isinstance(part, (ast.NullTest, ast.BooleanTest, ast.ColumnRef, ast.BoolExpr, ast.A_Const))


def _related(catalog: Catalog, listed: Statement, lookup: Statement) -> bool:
    """Return whether a key leads from one statement's tables to the other's; with an unknown table it may."""
    ones, others = (
        [catalog.table_by_name.get((schema, name)) for schema, name, _ in tables_of(select_of(each.text))]
        for each in (listed, lookup)
    )
    pairs = [(one, other) for one in ones for other in others]
    keyed = {frozenset({key.table, key.target}) for key in catalog.foreign_keys}
    return any(
        one is None
        or other is None
        or frozenset({one.oid, other.oid}) in keyed
        or _points(one, other)
        or _points(other, one)
        for one, other in pairs
    )


def _points(table: Table, target: Table) -> bool:
    """Return whether a column is named for a table: `user_id` or `userId` for `users`."""
    stem = target.name.lower().removesuffix("s")
    names = (column.name.lower() for column in table.columns)
    return any(name.endswith("id") and name.removesuffix("id").removesuffix("_") == stem for name in names)


def _likely(lookup: Examined, listed: Statement) -> Finding:
    evidence = (Fact("rows of the list", f"{listed.rows:,.0f} in {listed.calls:,.0f} calls"),)
    return _finding(lookup, listed, Sureness.LIKELY, evidence, rows=listed.rows / listed.calls)


def _finding(
    lookup: Examined, listed: Statement, sureness: Sureness, evidence: tuple[Fact, ...], *, rows: float
) -> Finding:
    return Finding(
        code=RULE.code,
        severity=lookup.severity(Severity.HIGH),
        sureness=sureness,
        subject=lookup.shown,
        message=f"{lookup.shown} is called once for each row of {listed.shown}",
        why=f"a list of {rows:,.0f} rows becomes {rows + 1:,.0f} round trips",
        fix="join the table into the list, or look up all keys at once: WHERE key = ANY($1)",
        evidence=(*lookup.facts, *evidence),
    )


RULE = Rule("n-plus-one", "the same lookup, once for each row of a list", find)
