"""A schema's files, loaded into a database of an embedded server: a dump, or a folder of migrations.

A role that can do nothing but there runs them, as code that came with a schema should.
"""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.planner_twin.logins import create_role, drop_role
from backend_architect.planner_twin.twin import PREFIX
from backend_architect.postgres import EmbeddedServer, Refused, Session
from backend_architect.postgres.catalog.model import quoted
from backend_architect.tune.reading.files import split_statements

DOWN = re.compile(r"^--\s*(?:migrate:down|\+goose\s+Down)\b.*", re.IGNORECASE | re.MULTILINE | re.DOTALL)
META = re.compile(r"^\\.*$", re.MULTILINE)
CONCURRENTLY = re.compile(r"\b(INDEX\s+)CONCURRENTLY\b", re.IGNORECASE)
OF_ROLES = re.compile(
    r"\s*(?:GRANT|REVOKE|CREATE\s+ROLE|CREATE\s+USER|ALTER\s+ROLE|DROP\s+ROLE|COMMENT\s+ON|ALTER\s+DEFAULT\s+PRIVILEGES"
    r"|ALTER\s+.*\bOWNER\s+TO|SET\s|BEGIN|COMMIT|CREATE\s+PUBLICATION|CREATE\s+EXTENSION|VACUUM|ANALYZE|LOCK)\b",
    re.IGNORECASE | re.DOTALL,
)
UNDOES = {"down.sql"}
MAX_SHOWN = 10


class SchemaError(ArchitectError):
    """A schema's files cannot be loaded."""


@contextmanager
def loaded_schema(server: EmbeddedServer, path: Path) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """Give the URL of a new database that has the schema, and what of it was passed over; it is dropped afterwards.

    Raises SchemaError with every statement that the server refuses, by its file and line.
    """
    files = schema_files(path)
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}"
    with Session(server.url()) as admin:
        admin.run(create_role(name))
        admin.run(f"CREATE DATABASE {quoted(name)} OWNER {quoted(name)} TEMPLATE template0")
    url = server.url(name, user=name)
    try:
        with Session(url) as session:
            passed = tuple(_load(session, files))
        failed = [problem for problem in passed if problem.severity == "problem"]
        if failed:
            raise SchemaError(*failed[:MAX_SHOWN])
        yield url, passed
    finally:
        with Session(server.url()) as admin:
            admin.run(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
            admin.run(drop_role(name))


def schema_files(path: Path) -> Sequence[Path]:
    """Return the files in the order in which they run, without those that undo; raises SchemaError for none."""
    found = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
    files = [
        file for file in found if file.name not in UNDOES and not file.name.endswith((".down.sql", ".rollback.sql"))
    ]
    if not files or not all(file.is_file() for file in files):
        fix = "name a dump (pg_dump --schema-only), or a folder of SQL migrations"
        raise SchemaError(Problem("no-schema-files", "it holds no .sql file", fix, Place(str(path))))
    return files


def _load(session: Session, files: Sequence[Path]) -> Iterator[Problem]:
    for file in files:
        try:
            text = META.sub("", DOWN.sub("", file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            yield Problem("schema-not-loaded", f"it cannot be read: {error}", "name a file of SQL", Place(str(file)))
            continue
        at = 0
        for statement in split_statements(text):
            at = max(text.find(statement, at), 0)
            lead = len(statement) - len(_bare(statement))
            yield from _run(session, _bare(statement), Place(str(file), text.count("\n", 0, at + lead) + 1, 1))
            at += len(statement)


def _bare(statement: str) -> str:
    """Return a statement without the comments before it."""
    return re.sub(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", "", statement, flags=re.DOTALL)


def _run(session: Session, statement: str, place: Place) -> Iterator[Problem]:
    if not statement:
        return
    if re.match(r"COPY\b.*\bFROM\s+stdin", statement, re.IGNORECASE | re.DOTALL):
        fix = "dump it with pg_dump --schema-only: rows are not needed"
        yield Problem("schema-not-loaded", "it has rows in COPY, which psql alone reads", fix, place)
        return
    try:
        session.run(CONCURRENTLY.sub(r"\1", statement))
    except Refused as error:
        message = " ".join(f"{statement[:60]}: {error}".split())
        if OF_ROLES.match(statement):
            yield Problem(
                "schema-passed-over", message, "plans do not need it, unless later statements do", place, "note"
            )
        else:
            yield Problem("schema-not-loaded", message, "see that the files run on an empty PostgreSQL 18", place)
