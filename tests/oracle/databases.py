"""A database with the tables of a design, and rows that are written by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from backend_architect.design.model import Design
from backend_architect.oracle.tables import tables_sql
from backend_architect.postgres import EmbeddedServer, Session

NUMBERS = count(1)


@contextmanager
def database_of(server: EmbeddedServer, design: Design) -> Iterator[Session]:
    """Give a connection to a new database that holds the design's tables, and drop it at the end."""
    name = f"oracle_{next(NUMBERS)}"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name}")
        try:
            with Session(server.url(name)) as database:
                database.run(tables_sql(design))
                yield database
        finally:
            admin.run(f"DROP DATABASE {name} WITH (FORCE)")


def stored(database: Session, table: str, **values: object) -> str:
    """Return the id of a new row (of an edge: nothing), which is stored with these values by column."""
    given = ", ".join(f'"{name}"' for name in values)
    sql = f'INSERT INTO "{table}" ({given}) SELECT {given} FROM jsonb_populate_record(NULL::"{table}", $1::text::jsonb)'
    has_id = database.value(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = $1::text::regclass AND attname = 'id'", table
    )
    return str(database.value(f"{sql} RETURNING {'id' if has_id else 'NULL'}", json.dumps(values)))
