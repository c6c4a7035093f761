"""SQL for the rows of a table as ANALYZE saw them.

Common values as often as they are, the others between the bounds of the histogram, NULLs, and the order in which the
rows lie (correlation), so that what was written last lies last.
"""

from backend_architect.planner_twin.array_text import read_array, write_array
from backend_architect.planner_twin.model import ColumnStatistics, TableStatistics
from backend_architect.postgres.catalog import Column, Table
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.tune.rewrites.trial.values import base_type, value_sql

IN_ORDER = 0.9
"""Correlation from which rows are taken to lie in the order of a column."""
NUMBERS = {"int2", "int4", "int8", "numeric", "float4", "float8"}
TIMES = {"timestamp", "timestamptz", "time", "interval"}
TEXTS = {"text", "varchar"}


def create_table(table: Table) -> str:
    """Return the statement that makes a table without anything that would refuse rows."""
    columns = ", ".join(f"{quoted(each.name)} {each.type}" for each in table.columns)
    return f"CREATE TABLE {full_name(table.schema, table.name)} ({columns})"


def fill_table(table: Table, statistics: TableStatistics, rows: int) -> str:
    """Return the statement that fills it. The lists of values are read once, and not for each row."""
    known = {each.attname: each for each in statistics.columns if not each.inherited}
    lists: dict[str, str] = {"nothing": "0"}
    made = [_value(each, known.get(each.name), place, rows, lists) for place, each in enumerate(table.columns, 1)]
    names = ", ".join(quoted(each.name) for each in table.columns)
    target = full_name(table.schema, table.name)
    defined = ", ".join(f"{sql} AS {name}" for name, sql in lists.items())
    return f"""WITH d AS MATERIALIZED (SELECT {defined})
        INSERT INTO {target} ({names}) SELECT {", ".join(made)} FROM d, generate_series(1, {rows}) AS i"""


def _value(column: Column, known: ColumnStatistics | None, place: int, rows: int, lists: dict[str, str]) -> str:
    """Return the value of a row's column as SQL; what it is taken from is added to `lists`."""
    if known is None:
        return value_sql(column.type, f"1 + ({_chance(place, 1)} * 1000)::int")
    where = _where(known, place, rows)
    bounds = read_array(known.histogram_bounds) if known.histogram_bounds else []
    shares = sum(known.most_common_freqs or ())
    if len(bounds) > 1:
        lists[f"b{place}"] = f"{_literal(write_array(bounds))}::{_listed(column)}[]"
        value = _between(column, known, len(bounds), where, f"d.b{place}")
        if shares:
            picked = _common(column, known, f"{_chance(place, 2)} * {shares:.9f}", place, lists)
            part = shares / max(1 - known.null_frac, shares)
            value = f"CASE WHEN {_chance(place, 3)} < {part:.9f} THEN {picked} ELSE {value} END"
    elif shares:
        value = _common(column, known, f"({where}) * {shares:.9f}", place, lists)
    else:
        value = value_sql(column.type, f"1 + i % {max(int(known.distinct(rows)), 1)}")
    if known.null_frac <= 0:
        return value
    return f"CASE WHEN {_chance(place, 4)} < {known.null_frac:.9f} THEN NULL ELSE {value} END"


def _where(known: ColumnStatistics, place: int, rows: int) -> str:
    """Return where in the column's order a row's value stands, from 0 to 1."""
    correlation = known.correlation or 0.0
    if abs(correlation) < IN_ORDER:
        return _chance(place, 5)
    return f"(i - 0.5) / {rows}" if correlation > 0 else f"1 - (i - 0.5) / {rows}"


def _common(column: Column, known: ColumnStatistics, where: str, place: int, lists: dict[str, str]) -> str:
    """Return one of the common values, in their order, each as often as its share says."""
    values = read_array(known.most_common_vals or "{}")
    weights = ", ".join(f"{share:.9f}" for share in known.most_common_freqs or ())
    given = (
        f"unnest({_literal(write_array(values))}::{_listed(column)}[], ARRAY[{weights}]::float8[]) AS u (value, share)"
    )
    upto = f"SELECT value, sum(share) OVER (ORDER BY value) AS upto FROM {given}"
    lists[f"v{place}"] = f"(SELECT array_agg(value ORDER BY value) FROM ({upto}) v)"
    lists[f"u{place}"] = f"(SELECT array_agg(upto ORDER BY value) FROM ({upto}) v)"
    return f"d.v{place}[least(width_bucket(({where})::float8, d.u{place}) + 1, {len(values)})]::{column.type}"


def _listed(column: Column) -> str:
    """Return the type that a column's values have in a list: an array in a list would be taken apart."""
    return "text" if base_type(column.type)[1] else column.type


def _between(column: Column, known: ColumnStatistics, bounds: int, where: str, name: str) -> str:
    """Return a value between two bounds; of a type that has nothing between, the lower one, made different."""
    base, array, _ = base_type(column.type)
    last = bounds - 1
    at = f"least(floor(({where}) * {last})::int, {last - 1})"
    lower, upper, part = f"{name}[{at} + 1]", f"{name}[{at} + 2]", f"(({where}) * {last} - {at})"
    if not array and base in NUMBERS:
        return f"({lower} + ({upper} - {lower}) * {part})::{column.type}"
    if not array and base in TIMES:
        return f"({lower} + ({upper} - {lower}) * {part})"
    if not array and base == "date":
        return f"({lower} + (({upper} - {lower}) * {part})::int)"
    many = known.n_distinct < 0 or known.n_distinct > bounds
    if base == "uuid" and many:
        return "md5(i::text)::uuid"
    return (
        f"({lower} || '~' || i)::{column.type}" if base in TEXTS and many and not array else f"{lower}::{column.type}"
    )


def _chance(place: int, salt: int) -> str:
    """Return a number from 0 to 1 that looks random, of a row and a column; the same in every run."""
    return f"((hashint4(i + {place * 7_919 + salt * 104_729}) & 2147483647) / 2147483648.0)"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
