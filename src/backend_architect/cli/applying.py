"""What changes a database: the migration written, applied, gone on with, measured."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import typer

from backend_architect.cli.as_data import print_data
from backend_architect.cli.changes import ChangeRefused, Changes
from backend_architect.cli.migration_files import rollback_file, write_migration
from backend_architect.cli.terminal import paint
from backend_architect.cli.tune_options import OutputForm
from backend_architect.errors import Problem
from backend_architect.report.changes_data import Applied, changes_document
from backend_architect.report.comparing import comparison_lines
from backend_architect.report.migration import journal_lines, migration_lines
from backend_architect.tune.migration import (
    ApplyRun,
    Migration,
    MigrationStep,
    apply_migration,
    default_journal,
    measure,
    read_journal,
)


def go_on(changes: Changes) -> int | None:
    """Return the exit status of going on with a migration that was broken off; None where there is none."""
    journal = _journal_path(changes)
    found = read_journal(journal) if changes.apply and journal is not None else None
    if found is None or journal is None or not found.unfinished:
        return None
    changes.say(f"{journal} says that a migration was interrupted; resuming")
    applied = _apply(changes, None, found.migration, journal)
    if changes.form is OutputForm.JSON:
        print_data(changes_document(applied))
    return int(applied.failed)


def apply_advice(changes: Changes, migration: Migration) -> Applied | None:
    """Write and apply the migration, as far as that was asked for; None where nothing was applied."""
    if changes.migration and migration.steps:
        write_migration(changes.migration, migration)
        back = rollback_file(changes.migration)
        changes.say(f"{changes.migration} holds {len(migration.steps)} steps, {back} undoes them")
    if (changes.migration or changes.apply) and not migration.steps:
        changes.say("nothing is to be changed")
    if not changes.apply or not migration.steps:
        return None
    return _apply(changes, migration, migration, changes.journal or default_journal(migration.database))


def _apply(changes: Changes, migration: Migration | None, shown: Migration, journal: Path) -> Applied:
    changes.say("\n".join(migration_lines(shown, _where(changes.url), paint(changes.stream))))
    _confirm(changes)
    try:
        ended = asyncio.run(
            apply_migration(changes.url, migration, ApplyRun(journal, _teller(), canary=changes.canary))
        )
        comparison = asyncio.run(measure(changes.url, ended, changes.wait))
    except KeyboardInterrupt:
        print(f"interrupted; resume with: architect tune URL --apply --journal {journal}", file=sys.stderr)
        raise
    applied = Applied(ended, journal, comparison)
    if changes.form is not OutputForm.JSON:
        changes.say("\n".join(_lines(changes, applied)))
    return applied


def _lines(changes: Changes, applied: Applied) -> list[str]:
    """Return what became of each step and each index; of the indexes nothing before there is something to say."""
    colours, later = paint(changes.stream), f"architect tune URL --compare {applied.path}"
    lines = ["", *journal_lines(applied.journal, applied.path, colours), ""]
    if applied.too_early:
        return [*lines, f"Not enough calls yet to measure the effect. ApplyRun later: {later}"]
    told = comparison_lines(applied.comparison, colours) if applied.comparison else []
    return [*lines, *told, *([""] if told else []), f"Later: {later}"]


def _confirm(changes: Changes) -> None:
    if changes.yes:
        return
    if not sys.stdin.isatty():
        raise ChangeRefused(Problem("not-confirmed", "nothing was changed: nobody can confirm here", "add --yes"))
    if not typer.confirm("Do it?", err=changes.stream is sys.stderr):
        raise ChangeRefused(Problem("not-confirmed", "nothing was changed", "write y to confirm"))


def _teller() -> Callable[[MigrationStep, str], None]:
    def tell(step: MigrationStep, text: str) -> None:
        print(f"  {step.kind.value} {' '.join(step.subject.split())}: {text}", file=sys.stderr, flush=True)

    return tell


def _journal_path(changes: Changes) -> Path | None:
    database = unquote(urlsplit(changes.url).path.lstrip("/"))
    return changes.journal or (default_journal(database) if database else None)


def _where(url: str) -> str:
    return urlsplit(url).hostname or "the local socket"
