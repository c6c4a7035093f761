"""What of a migration is done: a JSON file that survives a killed process. With it a later run goes on.

It holds the whole migration: advice that is made anew on a half-changed database would be another one.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.tune.comparing import Snapshot
from backend_architect.tune.comparing.stored import snapshot_data, snapshot_from
from backend_architect.tune.migration.model import Migration, MigrationStep, StepKind

FORMAT = 1
FIX = "give another path by --journal, or move the file away"
LISTS = ("serves", "after")


class JournalError(ArchitectError):
    """A journal cannot be read, written or used."""


class StepState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step's state: in words why, after how many attempts, and how many seconds it took."""

    state: StepState
    reason: str = ""
    attempts: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Journal:
    """A migration, its entries by the steps' ids, and the counts before it and right after it."""

    migration: Migration
    entries: Mapping[str, StepRecord] = field(default_factory=dict)
    before: Snapshot | None = None
    start: Snapshot | None = None

    def state(self, identity: str) -> StepState:
        """Return a step's state."""
        entry = self.entries.get(identity)
        return entry.state if entry else StepState.WAITING

    @property
    def unfinished(self) -> bool:
        """Return whether a run was broken off: a step was begun, or never reached."""
        ended = {StepState.DONE, StepState.FAILED, StepState.SKIPPED}
        return any(self.state(step.id) not in ended for step in self.migration.steps)

    def noted(self, identity: str, entry: StepRecord) -> "Journal":
        """Return the journal with one step's entry."""
        return replace(self, entries={**self.entries, identity: entry})


def default_journal(database: str) -> Path:
    """Return where the journal of a database is, below the working folder."""
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in database)
    return Path(".backend-architect") / f"migration-{plain}.json"


def write_journal(path: Path, journal: Journal) -> None:
    """Write it whole, and only then in the old one's place; it is on the disk when this returns."""
    counts = {"before": _counts(journal.before), "start": _counts(journal.start)}
    data = {"format": FORMAT, "digest": journal.migration.digest, **asdict(journal), **counts}
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.touch(mode=0o600)
        with beside.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise JournalError(Problem("journal-not-written", str(error), FIX, Place(str(path)))) from error


def read_journal(path: Path) -> Journal | None:
    """Return the journal, None where there is no file; raises JournalError where it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise JournalError(Problem("unreadable-journal", "it is not a journal", FIX, Place(str(path))))
        return _journal(data)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise JournalError(Problem("unreadable-journal", str(error), FIX, Place(str(path)))) from error


def put_away(path: Path, journal: Journal) -> Path:
    """Return where the journal of an earlier, ended migration lies now, beside its old place."""
    kept = path.with_name(f"{path.stem}-{journal.migration.digest}{path.suffix}")
    path.replace(kept)
    return kept


def _counts(snapshot: Snapshot | None) -> dict[str, Any] | None:
    return snapshot_data(snapshot) if snapshot else None


def _journal(data: Mapping[str, Any]) -> Journal:
    own = data["migration"]
    steps = tuple(_step(each) for each in own["steps"])
    migration = Migration(own["database"], own["version"], steps, tuple(own["left_out"]))
    entries = {
        name: StepRecord(**{**each, "state": StepState(each["state"])}) for name, each in data["entries"].items()
    }
    before, start = (snapshot_from(each) if each else None for each in (data["before"], data["start"]))
    return Journal(migration, entries, before, start)


def _step(data: Mapping[str, Any]) -> MigrationStep:
    return MigrationStep(**{**data, "kind": StepKind(data["kind"]), **{name: tuple(data[name]) for name in LISTS}})


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
