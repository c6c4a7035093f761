"""Indexes, made in an empty database and found again in its catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pglast import parse_sql
from pglast.ast import IndexStmt
from pglast.parser import ParseError

from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

TABLES = """
WITH RECURSIVE tree AS (
    SELECT DISTINCT to_regclass(name)::oid AS oid FROM unnest($1::text[]) name
    UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
)
SELECT n.nspname AS schema, c.relname AS table
FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY 1, 2
"""
MADE = """
SELECT n.nspname AS schema, t.relname AS table, c.relname AS index, c.oid::int8 AS oid, t.oid::int8 AS table_oid,
       c.relkind = 'I' AS partitioned
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE x.xmin = pg_current_xact_id()::xid
ORDER BY i.inhparent IS NOT NULL, c.oid
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an index stands in a database. One of a partitioned table is only the sum of its parts."""

    schema: str
    table: str
    index: str
    oid: int
    table_oid: int
    partitioned: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What one CREATE INDEX made: the index, then those of the table's partitions. Or nothing, and why."""

    places: tuple[Place, ...]
    refused: str = ""


def read_index_statement(statement: str) -> IndexStmt:
    """Return the statement as parsed. Raises ValueError when it is not exactly one CREATE INDEX."""
    try:
        parsed = parse_sql(statement)
    except ParseError as error:
        raise ValueError(f"only one CREATE INDEX can be tried: {error}") from error
    if len(parsed) != 1 or not isinstance(parsed[0].stmt, IndexStmt):
        raise ValueError("only one CREATE INDEX can be tried")
    return parsed[0].stmt


def tables_of(session: Session, statements: Sequence[IndexStmt]) -> set[tuple[str, str]]:
    """Return the schema and name of every table that the statements index, partitions too."""
    names = sorted({_qualified(each.relation) for each in statements})
    return {(each["schema"], each["table"]) for each in session.fetch(TABLES, names)}


def make_index(session: Session, statement: str) -> Made:
    """Run one CREATE INDEX in a transaction of its own, and return what it made."""
    session.run("BEGIN")
    try:
        session.fetch(statement)
        places = tuple(Place(**record) for record in session.fetch(MADE))
    except Refused as error:
        session.run("ROLLBACK")
        return Made((), str(error))
    session.run("COMMIT")
    return Made(places)


def _qualified(relation: Any) -> str:
    own = quoted(relation.relname)
    return f"{quoted(relation.schemaname)}.{own}" if relation.schemaname else own
