"""What ANALYZE would find of an index's expressions, from what it found of the columns in them.

A column's common values and its histogram are a sample of its rows. PostgreSQL itself computes the expression for
them, and what comes out is a sample of the expression's values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pglast import ast, parse_sql
from pglast.visitors import Visitor

from backend_architect.planner_twin.column_sample import SampleRow, sample_rows
from backend_architect.planner_twin.computed_statistics import ExpressionType, ExpressionValue, statistics_of
from backend_architect.planner_twin.model import ColumnStatistics, Statistics, TableStatistics
from backend_architect.planner_twin.new_indexes import IndexLocation
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

EXPRESSIONS = """
SELECT a.attrelid::int8 AS index, a.attname AS name, pg_get_indexdef(a.attrelid, a.attnum, true) AS sql
FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indexrelid AND x.indkey[a.attnum - 1] = 0
WHERE x.indexrelid = ANY ($1::oid[])
ORDER BY a.attrelid, a.attnum
"""
TYPE = """
SELECT format_type(t.oid, NULL) AS name, t.typlen AS length,
       CASE t.typalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS align
FROM pg_type t WHERE t.oid = pg_typeof((SELECT {sql} FROM {table} LIMIT 0))
"""
COLUMN_TYPE = """
SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2
"""
# OFFSET keeps the width that of the value as it is computed: what was sorted is packed.
COMPUTED = """
WITH found AS (
    SELECT twin_place, computed, width, row_number() OVER (ORDER BY computed, twin_place) AS rank
    FROM (SELECT twin_place, ({sql}) AS computed, pg_column_size({sql}) AS width FROM (
        SELECT twin_place, {columns} FROM unnest({arrays}) WITH ORDINALITY AS u ({names}, twin_place)
    ) drawn OFFSET 0) given
)
SELECT computed::text AS value, coalesce(width, 0) AS width, rank::int AS rank,
       ({number})::float8 AS number
FROM found ORDER BY twin_place
"""
INTEGERS = ("smallint", "integer", "bigint")
TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
DAY = 86_400.0
UNITS = {"minute": 60.0, "hour": 3600.0, "day": DAY, "week": 7 * DAY, "month": 28 * DAY, "quarter": 90 * DAY}
LIMITS = "SET LOCAL statement_timeout = '5s'; SET TRANSACTION READ ONLY"


def read_expressions(
    session: Session, schemas: Mapping[str, Statistics], places: Sequence[IndexLocation]
) -> Mapping[IndexLocation, tuple[ColumnStatistics, ...]]:
    """Return the statistics of each index's expressions; those of whose columns no values are known are left out."""
    by_oid = {place.oid: place for place in places if not place.partitioned}
    found: dict[IndexLocation, list[ColumnStatistics]] = {}
    known: dict[tuple[str, str, str], ColumnStatistics | None] = {}
    for each in session.fetch(EXPRESSIONS, sorted(by_oid)):
        place = by_oid[each["index"]]
        key = (place.schema, place.table, each["sql"])
        if key not in known:
            table = schemas[place.schema].by_name[place.table]
            known[key] = expression_statistics(session, place.schema, table, each["sql"])
        if statistics := known[key]:
            found.setdefault(place, []).append(replace(statistics, attname=each["name"]))
    return {place: tuple(columns) for place, columns in found.items()}


def expression_statistics(session: Session, schema: str, table: TableStatistics, sql: str) -> ColumnStatistics | None:
    """Return the statistics of one expression of a table's columns, without a name; None when nothing is known.

    It is computed by the server in a transaction that may only read, and not for long.
    """
    where = full_name(schema, table.name)
    bases = [table.column(name) for name in column_names(sql)]
    columns = [base for base in bases if base is not None]
    rows = sample_rows(columns) if columns and len(columns) == len(bases) else ()
    if not rows or table.rows < 1:
        return None
    session.run(f"BEGIN; {LIMITS}")
    try:
        kind = _type(session, where, sql)
        found = _computed(session, where, sql, kind, (columns, rows))
    except Refused:  # the expression fails for some value, or its values have no order
        return None
    finally:
        session.run("ROLLBACK")
    return statistics_of("", kind, found, columns, table.rows)


def _type(session: Session, where: str, sql: str) -> ExpressionType:
    (record,) = session.fetch(TYPE.format(sql=sql, table=where))
    kind = ExpressionType(**record)
    step = 1.0 if kind.name in INTEGERS else DAY if kind.name == "date" else _unit(sql)
    return replace(kind, step=step)


def _computed(
    session: Session,
    where: str,
    sql: str,
    kind: ExpressionType,
    sample: tuple[Sequence[ColumnStatistics], Sequence[SampleRow]],
) -> list[ExpressionValue]:
    columns, rows = sample
    types = [session.value(COLUMN_TYPE, where, column.attname) for column in columns]
    names = [f"twin_value_{number}" for number in range(len(columns))]
    number = "extract(epoch FROM computed)" if kind.name in TIMES else "computed" if kind.name in INTEGERS else "NULL"
    asked = COMPUTED.format(
        sql=sql,
        columns=", ".join(
            f"{name}::{type_} AS {quoted(column.attname)}"
            for name, type_, column in zip(names, types, columns, strict=True)
        ),
        arrays=", ".join(f"${number}::text[]" for number in range(1, len(columns) + 1)),
        names=", ".join(names),
        number=number,
    )
    values = [[row.values[number] for row in rows] for number in range(len(columns))]
    found = session.fetch(asked, *values)
    return [ExpressionValue(row, **record) for row, record in zip(rows, found, strict=True)]


def column_names(sql: str) -> tuple[str, ...]:
    """Return the columns in an expression, in the order of their first mention."""
    names: list[str] = []

    class Columns(Visitor):
        def visit_ColumnRef(self, _: Any, node: Any) -> None:  # noqa: N802 - pglast names visitors so
            if isinstance(node.fields[-1], ast.String):
                names.append(str(node.fields[-1].sval))

    Columns()(_parsed(sql))
    return tuple(dict.fromkeys(names))


def _unit(sql: str) -> float:
    """Return the seconds from one value to the next of a time that is cut to a unit, 0 for anything else."""
    node = _parsed(sql)
    if not isinstance(node, ast.FuncCall) or _function(node) != "date_trunc":
        return 0.0
    unit: Any = (node.args or ())[0]
    literal = getattr(getattr(unit, "arg", unit), "val", None)  # with or without a cast around it
    return UNITS.get(str(literal.sval), 0.0) if isinstance(literal, ast.String) else 0.0


def _function(node: Any) -> str:
    return str(node.funcname[-1].sval)


def _parsed(sql: str) -> Any:
    select: Any = parse_sql(f"SELECT {sql}")[0].stmt
    return select.targetList[0].val
