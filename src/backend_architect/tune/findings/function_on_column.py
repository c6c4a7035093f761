"""A function or a calculation on a column that is indexed without it.

What it checks: conditions that compare an expression over one column (`lower(email)`, `date(created_at)`, `total + 1`,
`coalesce(deleted, false)`, `data ->> 'kind'`) with a value, where an index begins with the column itself, none holds
the expression, and no other condition leaves few rows; on tables of a thousand rows or more. Of a day, a month or a
year of a timestamptz also where no index is there: none can hold what depends on the session's time zone.

Why it matters: an index holds the column's values, not the function's: the planner reads every row and computes the
function for each.

Example: `SELECT * FROM users WHERE lower(email) = $1` with an index on `users (email)`.

Instead: compare the column itself where that can be written: `created_at >= $1 AND created_at < $1 + interval '1 day'`;
or index the expression: `CREATE INDEX CONCURRENTLY ON users (lower(email))`.

When it is wrong: the statement wants most of the rows anyway, and would read them all with any index.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast
from pglast.stream import RawStream

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.conditions import SMALL_ROWS, Comparison, comparisons, indexes_on, rows_left
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name
from backend_architect.tune.examined import Examined
from backend_architect.tune.indexes.expressions import sql_over_table
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.same_expression import is_indexed

CALCULATIONS = {"+", "-", "*", "/", "%", "||", "->>", "->", "#>>", "#>"}
IN_JSON = {"->>", "->", "#>>", "#>"}
OF_TIME = {"date", "date_trunc", "date_part", "extract", "to_char", "timezone", "age"}
SEARCHES = {"strpos", "position"}  # leading-wildcard reports those
MIN_ROWS_LEFT = 1_000.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and column whose index cannot serve."""
    catalog = observed.catalog
    for examined in observed.statements:
        for block in examined.blocks:
            for each in comparisons(block):
                if _computes(each.side) and len(each.columns) == 1 and _matters(catalog, each):
                    yield _finding(examined, each, catalog)


def _computes(side: Any) -> bool:
    """Return whether a side is computed from a column, otherwise than to search through a text."""
    if is_a(side, ast.A_Expr):
        return bool(side.name[-1].sval in CALCULATIONS)
    if is_a(side, ast.FuncCall):
        return not side.agg_star and function_name(side) not in SEARCHES
    return is_a(side, ast.CoalesceExpr)


def _matters(catalog: Catalog, each: Comparison) -> bool:
    table, column = each.table, each.columns[0]
    bare = indexes_on(catalog, table, column) or (_in_json(each.side) and _inverted(catalog, table, column))
    if (
        catalog.rows_of(table) < SMALL_ROWS
        or not (bare or _has_no_index(each))
        or is_indexed(catalog, table, each.side)
    ):
        return False
    return rows_left(each.block, each.source, catalog) > MIN_ROWS_LEFT


def _has_no_index(each: Comparison) -> bool:
    """Return whether no index can hold the expression: what a day is of a moment depends on the time zone."""
    column = each.table.column(each.columns[0])
    moment = column is not None and column.type == "timestamp with time zone"
    return moment and is_a(each.side, ast.FuncCall) and function_name(each.side) in OF_TIME - {"timezone"}


def _in_json(side: Any) -> bool:
    return is_a(side, ast.A_Expr) and side.name[-1].sval in IN_JSON


def _inverted(catalog: Catalog, table: Table, column: str) -> bool:
    return any(index.method == "gin" and index.keys[0].column == column for index in catalog.indexes_of(table.oid))


def _finding(examined: Examined, each: Comparison, catalog: Catalog) -> Finding:
    table, column = each.table, each.columns[0]
    expression = sql_over_table(each.side)
    fix, sql = _fix(each, expression)
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.MEDIUM),
        sureness=Sureness.LIKELY,
        subject=f"{examined.shown} ({column})",
        message=f"{expression} is compared, and {_indexed(catalog, table, column)}: {examined.shown}",
        why=f"no index holds the expression: all {catalog.rows_of(table):,.0f} rows are read and computed",
        fix=fix,
        sql=sql,
        evidence=(*examined.facts, Fact("rows", f"{catalog.rows_of(table):,.0f}")),
    )


def _indexed(catalog: Catalog, table: Table, column: str) -> str:
    only = bool(indexes_on(catalog, table, column)) or _inverted(catalog, table, column)
    name = f"{table.qualified} ({quoted(column)})"
    return f"only {name} is indexed" if only else f"no index can hold it: it depends on the time zone of {name}"


def _fix(each: Comparison, expression: str) -> tuple[str, str]:
    """Return the rewrite in words, and the index that serves the statement as it is, '' where none can."""
    column = quoted(each.columns[0])
    called = {function_name(call) for call in nodes(each.side, ast.FuncCall)}
    if called & OF_TIME:
        return f"compare the column itself with a range: {column} >= its beginning AND {column} < its end", ""
    if is_a(each.side, ast.A_Expr) and not _in_json(each.side) and "||" not in expression:
        other = RawStream()(each.other)
        return f"move the calculation to the value, so that {column} stands alone on its side of {other}", ""
    known = each.table.column(each.columns[0])
    if is_a(each.side, ast.CoalesceExpr) and known is not None and known.not_null:
        return f"leave out coalesce: {column} is never null", ""
    if any(True for _ in nodes(each.side, ast.ParamRef)):
        return f"index {expression}, with the value that the application gives, or compare the column itself", ""
    fix = f"index the expression, if its functions are immutable, or compare {column} itself"
    key = expression if is_a(each.side, ast.FuncCall) else f"({expression})"
    return fix, f"CREATE INDEX{_how(each.table)} ON {each.table.qualified} ({key});\nANALYZE {each.table.qualified};"


def _how(table: Table) -> str:
    return "" if table.kind == "p" else " CONCURRENTLY"


RULE = Rule("function-on-column", "a function on a column that is indexed without it", find)
