"""Statistics, written into a database where ANALYZE would have left them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from backend_architect.planner_twin.model import ColumnStatistics, Statistics
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

KINDS = {
    "inherited": "boolean",
    "null_frac": "real",
    "avg_width": "integer",
    "n_distinct": "real",
    "most_common_vals": "text",
    "most_common_freqs": "real[]",
    "histogram_bounds": "text",
    "correlation": "real",
    "most_common_elems": "text",
    "most_common_elem_freqs": "real[]",
    "elem_count_histogram": "real[]",
    "range_length_histogram": "text",
    "range_empty_frac": "real",
    "range_bounds_histogram": "text",
}
RELATIONS = """
SELECT pg_restore_relation_stats('schemaname', $1::text, 'relname', s.relname, 'relpages', s.relpages,
                                 'reltuples', s.reltuples, 'relallvisible', s.relallvisible)
FROM jsonb_to_recordset($2::jsonb) s (relname text, relpages integer, reltuples real, relallvisible integer)
"""
CLEARED = """
SELECT pg_clear_attribute_stats($1::text, s.tablename, s.attname, s.inherited)
FROM pg_stats s WHERE s.schemaname = $1
"""
ATTRIBUTES = f"""
SELECT pg_restore_attribute_stats('schemaname', $1::text, 'relname', s.relname, 'attname', s.attname,
       {", ".join(f"'{name}', s.{name}" for name in KINDS)})
FROM jsonb_to_recordset($2::jsonb) s (relname text, attname text, {", ".join(f"{n} {t}" for n, t in KINDS.items())})
"""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A column whose statistics the server refuses, and why: the check of its domain may fail for a value."""

    schema: str
    relation: str
    column: str
    reason: str


def inject(session: Session, statistics: Statistics) -> tuple[Unwritten, ...]:
    """Write the statistics, in place of all that the schema had; return those that are refused."""
    session.fetch(CLEARED, statistics.schema)
    session.fetch(RELATIONS, statistics.schema, json.dumps(list(_relations(statistics))))
    return tuple(_write(session, statistics.schema, list(_attributes(statistics))))


def inject_sizes(session: Session, statistics: Statistics) -> None:
    """Write the sizes of the tables and their indexes, and the statistics of these, in place of what they had."""
    session.fetch(RELATIONS, statistics.schema, json.dumps(list(_relations(statistics))))
    tuple(_write(session, statistics.schema, list(_attributes(statistics, of_tables=False))))


def _write(session: Session, schema: str, attributes: Sequence[dict[str, Any]]) -> Iterator[Unwritten]:
    """Write all at once; where that is refused each half by itself, down to what is refused."""
    waiting = [attributes]
    while waiting:
        few = waiting.pop()
        try:
            session.fetch(ATTRIBUTES, schema, json.dumps(few))
        except Refused as error:
            if len(few) == 1:
                yield Unwritten(schema, few[0]["relname"], few[0]["attname"], str(error))
            else:
                waiting += [few[len(few) // 2 :], few[: len(few) // 2]]


def _relations(statistics: Statistics) -> Iterator[dict[str, Any]]:
    for table in statistics.tables:
        yield _relation(table.name, table.pages, table.rows, round(table.pages * table.all_visible))
        for index in table.indexes:
            yield _relation(index.name, index.pages, index.rows, 0)


def _relation(name: str, pages: int, rows: float, visible: int) -> dict[str, Any]:
    return {"relname": name, "relpages": pages, "reltuples": rows, "relallvisible": visible}


def _attributes(statistics: Statistics, *, of_tables: bool = True) -> Iterator[dict[str, Any]]:
    for table in statistics.tables:
        if of_tables:
            yield from (_attribute(table.name, column) for column in table.columns)
        for index in table.indexes:
            yield from (_attribute(index.name, column) for column in index.expressions)


def _attribute(relation: str, column: ColumnStatistics) -> dict[str, Any]:
    values = {name: value for name, value in asdict(column).items() if name in KINDS}
    return {"relname": relation, "attname": column.attname, **values}
