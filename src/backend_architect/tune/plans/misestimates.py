"""Why the planner misestimated rows, and the statement that improves its estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import quoted, short_name
from backend_architect.tune.plans.conditions import ComparedColumns

CHANGED = 0.1
MOST_COLUMNS = 8
LONGEST_NAME = 63
EXPRESSIONS = 14  # CREATE STATISTICS takes expressions from this version on


@dataclass(frozen=True, slots=True)
class EstimateFix:
    """The likely cause, what to do about it, and the statements that do it."""

    why: str
    fix: str
    sql: str


def fix_of(compared: ComparedColumns, table: Table, catalog: Catalog) -> EstimateFix:
    """Return what fixes the estimate of the rows of one table under these conditions."""
    rows = max(table.rows, float(table.live), 1.0)
    known = any(column.distinct is not None for column in table.columns)
    if not known or table.changed_since_analyze > CHANGED * rows:
        why = "the table was never analyzed" if not known else f"{table.changed_since_analyze:,} rows changed since"
        return EstimateFix(why, "ANALYZE it, and let autovacuum do so earlier", f"ANALYZE {table.qualified};")
    if compared.expressions:
        return _of_expressions(compared.expressions, table, catalog)
    if len(compared.columns) > 1:
        return _of_columns(compared.columns, table)
    if compared.columns:
        return _of_one(compared.columns[0], table)
    return EstimateFix(
        "the condition compares with something that is known only when it runs",
        "compare with a value or a join instead of a subquery or a function",
        "",
    )


def grouping_fix(columns: Sequence[str], table: Table) -> EstimateFix:
    """Return what fixes the estimate of how many groups several columns make."""
    fix = _of_columns(tuple(columns), table)
    return EstimateFix(
        "it multiplies the numbers of distinct values of the columns as if these were independent",
        fix.fix,
        fix.sql,
    )


def _of_columns(columns: tuple[str, ...], table: Table) -> EstimateFix:
    chosen = columns[:MOST_COLUMNS]
    named = ", ".join(map(quoted, chosen))
    return EstimateFix(
        f"it multiplies the selectivities of {named} as if these columns were independent",
        f"extended statistics on {named}",
        f"CREATE STATISTICS {_name(table, chosen)} (ndistinct, dependencies, mcv) ON {named} FROM {table.qualified};\n"
        f"ANALYZE {table.qualified};",
    )


def _of_expressions(expressions: tuple[str, ...], table: Table, catalog: Catalog) -> EstimateFix:
    why = f"nothing is known of {expressions[0]}: it guesses"
    if catalog.version < EXPRESSIONS:
        return EstimateFix(why, f"an index on the expression gives it statistics: {expressions[0]}", "")
    statements = [
        f"CREATE STATISTICS {_name(table, (f'expr{at}',))} ON ({each}) FROM {table.qualified};"
        for at, each in enumerate(expressions, 1)
    ]
    return EstimateFix(
        why, "extended statistics on the expression", "\n".join([*statements, f"ANALYZE {table.qualified};"])
    )


def _of_one(name: str, table: Table) -> EstimateFix:
    return EstimateFix(
        f"{quoted(name)} has more values than ANALYZE keeps, some of them far more common than others",
        "a larger statistics target for this column",
        f"ALTER TABLE {table.qualified} ALTER COLUMN {quoted(name)} SET STATISTICS 1000;\nANALYZE {table.qualified};",
    )


def _name(table: Table, parts: Sequence[str]) -> str:
    """Return the name of the statistics, in the table's schema; long ones are cut."""
    plain = "_".join([table.name, *parts])
    cut = plain.encode()[: LONGEST_NAME - len("_stats")].decode(errors="ignore")
    return short_name(table.schema, f"{cut}_stats")
