"""What changes a database or compares it with before: the migration written, applied, resumed and measured."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import unquote, urlsplit

import typer

from backend_architect.cli.output import paint, print_data
from backend_architect.cli.tune_options import ChangeRefused, MigrationForm, OutputForm
from backend_architect.errors import Place, Problem
from backend_architect.report.changes_data import Applied, changes_document, comparison_document, snapshot_document
from backend_architect.report.comparing import comparison_lines, comparison_markdown
from backend_architect.report.migration import journal_lines, migration_lines
from backend_architect.tune.comparing.session import store_snapshot
from backend_architect.tune.migration import (
    ApplyRun,
    Migration,
    MigrationStep,
    apply_migration,
    compare_with,
    default_journal,
    measure,
    migration_sql,
    read_journal,
    rollback_sql,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What was asked for. `wait` and `canary` are in seconds."""

    url: str
    form: OutputForm = OutputForm.TEXT
    apply: bool = False
    yes: bool = False
    journal: Path | None = None
    migration: Path | None = None
    snapshot: Path | None = None
    compare: Path | None = None
    wait: float = 0.0
    canary: float = 0.0
    migration_form: MigrationForm = MigrationForm.SQL
    revisit: Path | None = None

    @property
    def stream(self) -> TextIO:
        """Return where sentences go: beside what is printed for a program to read."""
        return sys.stdout if self.form is OutputForm.TEXT else sys.stderr

    def say(self, text: str) -> None:
        """Print a sentence for a person."""
        print(text, file=self.stream)


def free(path: Path) -> Path:
    """Return the path; raises ChangeRefused where something is there."""
    if path.exists():
        raise ChangeRefused(
            Problem("file-exists", "it exists already", "give another name, or remove it", Place(str(path)))
        )
    return path


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


def resume_or_compare(changes: Changes) -> int | None:
    """Return the exit status of what needs no new advice: a snapshot, a comparison, a resumed migration; else None."""
    status = _store_or_compare(changes)
    return _resume(changes) if status is None else status


def _resume(changes: Changes) -> int | None:
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
    if changes.migration and migration.steps and changes.migration_form is MigrationForm.SQL:
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
        return [*lines, f"Not enough calls yet to measure the effect. Run later: {later}"]
    compared = comparison_lines(applied.comparison, colours) if applied.comparison else []
    return [*lines, *compared, *([""] if compared else []), f"Later: {later}"]


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


def _store_or_compare(changes: Changes) -> int | None:
    """Return the exit status of writing a snapshot or of comparing with one; None where more was asked for."""
    if changes.snapshot:
        _store(changes, changes.snapshot)
        return None if changes.apply else 0
    return _compare(changes, changes.compare) if changes.compare else None


def _store(changes: Changes, file: Path) -> None:
    store_snapshot(changes.url, free(file))
    changes.say(f"{file} holds the counts as they are now; compare with --compare {file}")
    if changes.form is OutputForm.JSON and not changes.apply:
        print_data(snapshot_document(file))


def _compare(changes: Changes, file: Path) -> int:
    """Compare with a snapshot, or with the journal of a migration that we applied."""
    comparison = asyncio.run(compare_with(changes.url, file, changes.wait))
    if changes.form is OutputForm.JSON:
        print_data(comparison_document(comparison))
    elif changes.form is OutputForm.MARKDOWN:
        print(comparison_markdown(comparison), end="")
    else:
        print("\n".join(comparison_lines(comparison, paint(changes.stream))), file=changes.stream)
    return 0
