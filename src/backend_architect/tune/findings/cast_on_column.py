"""A cast of a column that defeats its index.

What it checks: conditions that cast a column which begins an index, written (`created_at::date = $1`, `id::text = $1`)
or made by the server because the value is of another type (a bigint compared with a numeric, a char(n) with a text);
where no index holds the cast and no other condition leaves few rows; on tables of a thousand rows or more. Of a
timestamptz also without any index: none can hold its day. A varchar compared with a text is not one of them.

Why it matters: the index is ordered by the column's own type. Every row is read and cast.

Example: `WHERE account_id = 42.0`, from a driver that sends numbers as numeric.

Instead: cast the value, not the column: `WHERE account_id = $1::bigint`; for days a range: `created_at >= $1 AND
created_at < $1 + interval '1 day'`.

When it is wrong: the statement wants most of the rows anyway.
"""

from collections.abc import Iterator

from pglast import ast
from pglast.stream import RawStream

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.column_types import CAST_FIRST, bare, column_type, family, written_type
from backend_architect.sql.conditions import (
    SMALL_ROWS,
    Comparison,
    comparisons,
    indexes_on,
    is_column,
    rows_left,
    sources_of,
)
from backend_architect.sql.parsing import is_a
from backend_architect.tune.examined import Examined
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.same_expression import is_indexed

MIN_ROWS_LEFT = 1_000.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and column that is cast before it is compared."""
    catalog = observed.catalog
    for examined in observed.statements:
        for block in examined.blocks:
            for each in comparisons(block):
                how = "" if sources_of(each.other, block) else _cast(each)
                if how and _matters(catalog, each):
                    yield _finding(examined, each, how, catalog)


def _cast(each: Comparison) -> str:
    """Return what happens to the column, '' where its index serves."""
    column = quoted(each.columns[0])
    if is_a(each.side, ast.TypeCast) and is_column(each.side.arg):
        own, target = column_type(each.side.arg, each.block), written_type(each.side)
        harmless = bare(own) == target or family(own) == family(target) == "text"
        return "" if harmless or not target else f"{column} is cast to {target}"
    if not is_column(each.side):
        return ""
    own, value = column_type(each.side, each.block), written_type(each.other)
    if (family(own), family(value)) in CAST_FIRST:
        return f"{column} is {own} and the value is {value}: the column is cast"
    return ""


def _matters(catalog: Catalog, each: Comparison) -> bool:
    table = each.table
    if catalog.rows_of(table) < SMALL_ROWS or not (indexes_on(catalog, table, each.columns[0]) or _has_no_index(each)):
        return False
    if is_a(each.side, ast.TypeCast) and is_indexed(catalog, table, each.side):
        return False
    return is_column(each.side) or rows_left(each.block, each.source, catalog) > MIN_ROWS_LEFT


def _has_no_index(each: Comparison) -> bool:
    """Return whether no index can hold the cast: what a day is of a moment depends on the session's time zone."""
    return is_a(each.side, ast.TypeCast) and family(column_type(each.side.arg, each.block)) == "timestamptz"


def _finding(examined: Examined, each: Comparison, how: str, catalog: Catalog) -> Finding:
    table, column = each.table, each.columns[0]
    own = bare(column_type(each.side.arg if is_a(each.side, ast.TypeCast) else each.side, each.block))
    indexed = bool(indexes_on(catalog, table, column))
    ordered = f"the index is ordered by {own}" if indexed else "no index can hold what depends on the time zone"
    value = RawStream()(each.other) if each.other is not None and not isinstance(each.other, tuple) else "the value"
    if family(own) in {"timestamp", "timestamptz"}:
        fix = f"compare a range: {quoted(column)} >= {value} AND {quoted(column)} < {value} + interval '1 day'"
    else:
        fix = f"cast the value instead of the column: {quoted(column)} = ({value})::{own}"
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.MEDIUM),
        sureness=Sureness.CERTAIN,
        subject=f"{examined.shown} ({column})",
        message=f"{how}, so {'its index cannot' if indexed else 'no index can'} be used: {examined.shown}",
        why=f"{ordered}: all {catalog.rows_of(table):,.0f} rows are read and cast",
        fix=fix,
        evidence=(*examined.facts, Fact("rows", f"{catalog.rows_of(table):,.0f}"), Fact("type", own)),
    )


RULE = Rule("cast-on-column", "a cast of a column that defeats its index", find)
