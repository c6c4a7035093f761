"""What changes a database, or tells what a change came to: the migration written, applied, gone on with, measured."""

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import typer

from backend_architect.cli.as_data import as_data
from backend_architect.cli.terminal import paint
from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.finding import Finding
from backend_architect.postgres.catalog import Catalog
from backend_architect.report.comparing import comparison_lines
from backend_architect.report.migration import journal_lines, migration_lines
from backend_architect.tune.comparing import Comparison
from backend_architect.tune.comparing.session import store_snapshot
from backend_architect.tune.indexes.model import Advice
from backend_architect.tune.migration import (
    Journal,
    Migration,
    Run,
    State,
    Step,
    apply_migration,
    compare_with,
    default_journal,
    measure,
    migration_sql,
    plan_migration,
    read_journal,
    rollback_sql,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What was asked for. `wait` is in seconds."""

    url: str
    apply: bool = False
    yes: bool = False
    journal: Path | None = None
    migration: Path | None = None
    snapshot: Path | None = None
    compare: Path | None = None
    wait: float = 0.0
    as_json: bool = False


class Refusal(ArchitectError):
    """What was asked for is not done."""


def go_on_or_compare(changes: Changes) -> int | None:
    """Return the exit status of what needs no advice; None where advice is needed first.

    It writes the snapshot, compares, or goes on with a migration that was broken off.
    """
    if changes.snapshot:
        store_snapshot(changes.url, _free(changes.snapshot))
        _say(changes, f"{changes.snapshot} holds the counts as they are now; compare with --compare {changes.snapshot}")
        return 0 if not changes.apply else None
    if changes.compare:
        return _compare(changes, changes.compare)
    journal = _journal_path(changes)
    if changes.apply and journal is not None:
        found = read_journal(journal)
        if found is not None and found.unfinished:
            _say(changes, f"{journal} says that a migration was broken off here; this goes on with it")
            return _apply(changes, None, found.migration, journal)
    return None


def apply_advice(changes: Changes, advice: Advice | None, findings: tuple[Finding, ...], catalog: Catalog) -> int:
    """Return the exit status of writing and applying the migration that follows from advice and findings."""
    migration = plan_migration(advice, findings, catalog)
    if changes.migration and migration.steps:
        write_migration(changes.migration, migration)
        _say(changes, f"{changes.migration} holds {len(migration.steps)} steps, {_back(changes.migration)} undoes them")
    if (changes.migration or changes.apply) and not migration.steps:
        _say(changes, "nothing is to be changed")
    if not changes.apply or not migration.steps:
        return 0
    return _apply(changes, migration, migration, changes.journal or default_journal(catalog.database))


def read_seconds(text: str) -> float:
    """Return `10m` as seconds; raises Refusal for anything else."""
    units = {"s": 1, "m": 60, "h": 3_600}
    number, unit = (text[:-1], text[-1:]) if text[-1:] in units else (text, "s")
    if not number.isdecimal():
        raise Refusal(Problem("not-a-time", f"{text} is no time", "write 30s, 10m or 2h"))
    return float(number) * units[unit]


def write_migration(file: Path, migration: Migration) -> None:
    """Write the file and the one that undoes it; raises Refusal rather than overwrite another."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    for path, text in ((file, migration_sql(migration, now)), (_back(file), rollback_sql(migration, now))):
        if path.exists() and _body(path.read_text(encoding="utf-8", errors="replace")) == _body(text):
            continue
        _free(path).write_text(text, encoding="utf-8")


def _apply(changes: Changes, migration: Migration | None, shown: Migration, journal: Path) -> int:
    _say(changes, "\n".join(migration_lines(shown, _where(changes.url), paint(sys.stdout))))
    _confirm(changes)
    try:
        ended = asyncio.run(apply_migration(changes.url, migration, Run(journal, _teller(changes))))
        comparison = asyncio.run(measure(changes.url, ended, changes.wait))
    except KeyboardInterrupt:
        print(f"interrupted; go on with: architect tune URL --apply --journal {journal}", file=sys.stderr)
        raise
    _show(changes, ended, comparison, journal)
    return int(any(ended.state(step.id) is not State.DONE for step in ended.migration.steps))


def _compare(changes: Changes, file: Path) -> int:
    """Compare with a snapshot, or with the journal of a migration that we applied."""
    comparison = asyncio.run(compare_with(changes.url, file, changes.wait))
    if changes.as_json:
        print(json.dumps(as_data(comparison), indent=2, ensure_ascii=False))
    else:
        print("\n".join(comparison_lines(comparison, paint(sys.stdout))))
    return 0


def _show(changes: Changes, journal: Journal, comparison: Comparison | None, path: Path) -> None:
    if changes.as_json:
        data = {"journal": str(path), "entries": journal.entries, "comparison": comparison}
        print(json.dumps(as_data(data), indent=2, ensure_ascii=False))
        return
    colours = paint(sys.stdout)
    print("\n".join(["", *journal_lines(journal, path, colours)]))
    if comparison is not None:
        print("\n".join(["", *comparison_lines(comparison, colours)]))
    print(f"\nLater: architect tune URL --compare {path}")


def _confirm(changes: Changes) -> None:
    if changes.yes:
        return
    if not sys.stdin.isatty():
        raise Refusal(Problem("not-confirmed", "nothing was changed: nobody can confirm here", "add --yes"))
    if not typer.confirm("Do it?"):
        raise Refusal(Problem("not-confirmed", "nothing was changed", "write y to confirm"))


def _teller(changes: Changes) -> Callable[[Step, str], None]:
    def tell(step: Step, text: str) -> None:
        print(f"  {step.kind.value} {' '.join(step.subject.split())}: {text}", file=sys.stderr, flush=True)

    return tell


def _journal_path(changes: Changes) -> Path | None:
    database = unquote(urlsplit(changes.url).path.lstrip("/"))
    return changes.journal or (default_journal(database) if database else None)


def _say(changes: Changes, text: str) -> None:
    print(text, file=sys.stderr if changes.as_json else sys.stdout)


def _free(path: Path) -> Path:
    if path.exists():
        raise Refusal(Problem("file-exists", "it exists already", "give another name, or remove it", Place(str(path))))
    return path


def _body(text: str) -> str:
    """Return a file without its head, which holds the date."""
    return text.partition("\n")[2]


def _back(file: Path) -> Path:
    return file.with_name(f"{file.stem}.rollback.sql")


def _where(url: str) -> str:
    parts = urlsplit(url)
    return parts.hostname or "the local socket"
