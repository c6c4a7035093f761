"""The migration as a file for psql, and the file that undoes it."""

from datetime import datetime
from pathlib import Path

from backend_architect.cli.changes import free
from backend_architect.tune.migration import Migration, migration_sql, rollback_sql


def write_migration(file: Path, migration: Migration) -> None:
    """Write the file and the one that undoes it; raises Refusal rather than overwrite another."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    for path, text in ((file, migration_sql(migration, now)), (rollback_file(file), rollback_sql(migration, now))):
        if path.exists() and _body(path.read_text(encoding="utf-8", errors="replace")) == _body(text):
            continue
        free(path).write_text(text, encoding="utf-8")


def rollback_file(file: Path) -> Path:
    """Return where the rollback of a migration stands."""
    return file.with_name(f"{file.stem}.rollback.sql")


def _body(text: str) -> str:
    """Return a file without its head, which holds the date."""
    return text.partition("\n")[2]
