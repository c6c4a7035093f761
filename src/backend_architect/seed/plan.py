"""Which tables are filled, in which order, and with how many rows."""

from dataclasses import dataclass

from backend_architect.design.model import Design, Edge, Row
from backend_architect.schema import ordered_entities
from backend_architect.seed.values import field_sql

MOST_PER_USER = 20
CHUNK = 2_000
"""Rows a statement: a popular row's counter changes many times, and each change within one transaction costs more."""


@dataclass(frozen=True, slots=True)
class Portion:
    """One table's rows: `insert` runs for each range `$1..$2` of row numbers, then `number` once, if there is any."""

    table: str
    rows: int
    insert: str
    number: str

    def ranges(self) -> list[tuple[int, int]]:
        """Return the row numbers of each insert."""
        return [(first, min(first + CHUNK - 1, self.rows)) for first in range(1, self.rows + 1, CHUNK)]


def plan_seed(design: Design, users: int) -> tuple[Portion, ...]:
    """Return what fills every table for that many users, parents first."""
    ready: set[str] = set()
    portions = []
    order: tuple[Row, ...] = (*ordered_entities(design), *design.edges.values())
    for row in order:
        portions.append(_portion(design, row, users, ready))
        ready.add(row.name)
    return tuple(portions)


def _portion(design: Design, row: Row, users: int, ready: set[str]) -> Portion:
    rows = _rows(design, row, users)
    fields = [field for field in row.fields.values() if not (field.is_reference and field.to not in ready)]
    picked = [(field, field_sql(design, row, field)) for field in fields]
    names = ", ".join(_name(field.column) for field, _ in picked)
    values = ",\n    ".join(f"{sql} AS {_name(field.column)}" for field, sql in picked)
    created = f"now() - ({rows} - n) * ({max(2_592_000 // max(rows, 1), 1)} * interval '1 second')"
    stamps = ["created_at", "updated_at"] if not isinstance(row, Edge) else ["created_at"]
    insert = (
        f"INSERT INTO {_name(row.table)} ({names}, {', '.join(stamps)})\n"
        f"SELECT {names}{', created_' * len(stamps)} FROM (SELECT\n    {values},\n    {created} AS created_\n"
        f"FROM generate_series($1::bigint, $2::bigint) AS n) AS made\n{_where(row)}ON CONFLICT DO NOTHING"
    )
    if isinstance(row, Edge):
        return Portion(row.table, rows, insert, "")
    return Portion(row.table, rows, insert, _numbered(row.table))


def _rows(design: Design, row: Row, users: int) -> int:
    per_user = design.declared_rows(row.plural) / max(design.load.users, 1)
    return max(1, round(users * min(per_user, MOST_PER_USER)))


def _where(row: Row) -> str:
    """Return the condition that keeps an edge from joining a row to itself."""
    if isinstance(row, Edge) and row.pair[0].to == row.pair[1].to:
        return f"WHERE {_name(row.pair[0].column)} <> {_name(row.pair[1].column)}\n"
    return ""


def _numbered(table: str) -> str:
    """Return the statement that numbers a table's rows, so that later rows can refer to them by number."""
    return (
        f'CREATE TEMPORARY TABLE "seed_{table}" AS '
        f"SELECT row_number() OVER (ORDER BY created_at, id) AS nth, id FROM {_name(table)};\n"
        f'CREATE UNIQUE INDEX ON "seed_{table}" (nth); ANALYZE "seed_{table}"'
    )


def _name(name: str) -> str:
    return f'"{name}"'
