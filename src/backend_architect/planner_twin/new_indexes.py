"""Indexes, made in an empty database and found again in its catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pglast import parse_sql
from pglast.ast import IndexStmt
from pglast.parser import ParseError

from backend_architect.postgres.catalog.model import quoted
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
MAKER = """
CREATE OR REPLACE FUNCTION pg_temp.make_indexes(statements text[], OUT number int, OUT made oid, OUT refused text)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE last oid := (SELECT max(oid) FROM pg_class);
BEGIN
    FOR place IN 1 .. cardinality(statements) LOOP
        number := place;
        refused := '';
        BEGIN
            EXECUTE statements[place];
            FOR made IN SELECT indexrelid FROM pg_index WHERE indexrelid > last ORDER BY indexrelid LOOP
                last := made;
                RETURN NEXT;
            END LOOP;
        EXCEPTION WHEN OTHERS THEN
            made := NULL;
            refused := SQLERRM;
            RETURN NEXT;
        END;
    END LOOP;
END $$
"""
"""Makes all in one call, each by itself; oids grow, since a twin is too young for them to begin anew."""
MADE = "SELECT number, made::int8 AS made, refused FROM pg_temp.make_indexes($1)"
PLACES = """
SELECT n.nspname AS schema, t.relname AS table, c.relname AS index, c.oid::int8 AS oid, t.oid::int8 AS table_oid,
       c.relkind = 'I' AS partitioned
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE x.indexrelid = ANY ($1::oid[])
"""
AT_ONCE = 200  # what a transaction makes stays locked until its end, and there is room for some thousands


@dataclass(frozen=True, slots=True)
class IndexLocation:
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

    places: tuple[IndexLocation, ...]
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


def make_indexes(session: Session, statements: Sequence[str]) -> list[Made]:
    """Run CREATE INDEX statements, and return what each made; one that fails hinders no other."""
    session.run(MAKER)
    made: list[Made] = []
    for at in range(0, len(statements), AT_ONCE):
        made += _make_few(session, statements[at : at + AT_ONCE])
    return made


def _make_few(session: Session, statements: Sequence[str]) -> list[Made]:
    found = session.fetch(MADE, list(statements))
    oids = [each["made"] for each in found if each["made"]]
    places = {each["oid"]: IndexLocation(**each) for each in session.fetch(PLACES, oids)}
    own: list[list[IndexLocation]] = [[] for _ in statements]
    refused = [""] * len(statements)
    for each in found:
        refused[each["number"] - 1] = each["refused"]
        own[each["number"] - 1] += [places[each["made"]]] if each["made"] else []
    return [Made(tuple(those), why) for those, why in zip(own, refused, strict=True)]


def _qualified(relation: Any) -> str:
    own = quoted(relation.relname)
    return f"{quoted(relation.schemaname)}.{own}" if relation.schemaname else own
