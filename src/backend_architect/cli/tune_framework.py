"""The advice as files to commit: a migration of a framework, `--as django`, and what to look at later, `--revisit`."""

from datetime import UTC, datetime
from pathlib import Path

from backend_architect.cli.tune_changes import Changes, free
from backend_architect.cli.tune_options import MigrationForm
from backend_architect.cli.writing.disk import check_place, write_new
from backend_architect.report.tuning import Tuning
from backend_architect.tune.frameworks import Framework, find_folder, render_as
from backend_architect.tune.migration import Migration
from backend_architect.tune.revisiting import revisit_of, revisit_sql, revisit_text


def check_migration(changes: Changes) -> Path | None:
    """Return the folder of the framework's migrations, None for plain SQL; raises an error where none can be written.

    Before the work, not after it.
    """
    if changes.migration_form is not MigrationForm.SQL:
        return find_folder(Framework(changes.migration_form.value), changes.migration, Path.cwd())
    if changes.migration:
        check_place(changes.migration)
    return None


def write_framework(changes: Changes, migration: Migration, folder: Path) -> tuple[str, ...]:
    """Write the migrations that the folder has not yet, and return their paths."""
    framework = Framework(changes.migration_form.value)
    rendered = render_as(framework, migration, folder, datetime.now(UTC))
    for path, text in rendered.files.items():
        write_new(path, text)
    known = rendered.units - rendered.made
    there = f", {known} are there already" if known else ""
    changes.say(f"{rendered.made} migrations of {framework.value} are written{there}")
    for path in rendered.files:
        changes.say(f"  {path}")
    return tuple(map(str, rendered.files))


def write_revisit(changes: Changes, file: Path, tuning: Tuning) -> None:
    """Write the advised indexes, and the same question as SQL beside it; one of another day is not overwritten."""
    kept = revisit_of(tuning.advice, tuning.observed.catalog.database, datetime.now(UTC).date())
    beside = file.with_suffix(".sql")
    for path, text in ((file, revisit_text(kept)), (beside, revisit_sql(kept))):
        if not path.exists() or path.read_text(encoding="utf-8", errors="replace") != text:
            write_new(free(path), text)
    changes.say(
        f"{file} and {beside} hold {len(kept.indexes)} indexes; from {kept.due} on: architect tune revisit {file}"
    )
