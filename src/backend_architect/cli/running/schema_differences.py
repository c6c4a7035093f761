"""What a running project's database lacks: columns of its design, and migrations that came while it ran."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from backend_architect.errors import FolderError, Problem
from backend_architect.postgres import Session

COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
SHOWN = 5


def missing_columns(database: Session, columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what a design has and a database lacks: tables, and columns of tables that are there."""
    there: dict[str, set[str]] = {}
    for row in database.fetch(COLUMNS):
        there.setdefault(row["table_name"], set()).add(row["column_name"])
    lacking = [table for table in columns if table not in there]
    known = {table: names for table, names in columns.items() if table in there}
    return lacking + [f"{table}.{name}" for table, names in known.items() for name in names if name not in there[table]]


def require_columns(database: Session, columns: Mapping[str, Sequence[str]]) -> None:
    """Raise FolderError where the database lacks some of the design: the backend would never be ready."""
    lacking = missing_columns(database, columns)
    if lacking:
        shown = ", ".join(lacking[:SHOWN]) + (", …" if len(lacking) > SHOWN else "")
        fix = "run architect build, which drafts the migration, or write one; to discard all data instead: up --reset"
        raise FolderError(Problem("schema-behind", f"the database lacks {shown}, which backend.yaml has", fix))


def migrations_in(folder: Path) -> frozenset[str]:
    """Return the names of a project's migrations."""
    return frozenset(path.name for path in (folder / "migrations").glob("*.sql"))
