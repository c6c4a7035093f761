"""The migration as files of a framework: `--as django`."""

from datetime import UTC, datetime
from pathlib import Path

from backend_architect.cli.tune_changes import Changes
from backend_architect.cli.tune_options import MigrationForm
from backend_architect.cli.writing.disk import check_place, write_new
from backend_architect.tune.frameworks import Framework, find_folder, render_as
from backend_architect.tune.migration import Migration


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
