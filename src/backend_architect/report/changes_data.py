"""What was changed, and what came of it, as data: described by docs/reference/tune.schema.json, format 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend_architect.tune.comparing import ChangeVerdict, IndexChange, StatementChange, WorkloadComparison
from backend_architect.tune.comparing.model import CountedIndex
from backend_architect.tune.migration import Journal, MigrationStep, StepRecord, StepState

FORMAT = 1
Data = dict[str, object]


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration that was applied: its journal, where that is, and what came of it, None where nothing counts it."""

    journal: Journal
    path: Path
    comparison: WorkloadComparison | None

    @property
    def failed(self) -> bool:
        """Return whether a step is not done."""
        return any(self.journal.state(step.id) is not StepState.DONE for step in self.journal.migration.steps)

    @property
    def too_early(self) -> bool:
        """Return whether there are new indexes, and too few calls to judge any of them."""
        created = self.comparison.created if self.comparison else ()
        return bool(created) and all(each.verdict is ChangeVerdict.TOO_FEW for each in created)


def changes_document(applied: Applied) -> Data:
    """Return the document of a run that only went on with a migration."""
    return {"format": FORMAT, "database": applied.journal.migration.database, "changes": changes_data(applied)}


def comparison_document(comparison: WorkloadComparison) -> Data:
    """Return the document of a run that only compared."""
    return {"format": FORMAT, "database": comparison.database, "comparison": comparison_data(comparison)}


def snapshot_document(file: Path) -> Data:
    """Return the document of a run that only wrote a snapshot."""
    return {"format": FORMAT, "snapshot": str(file)}


def changes_data(applied: Applied) -> Data:
    """Return what became of each step."""
    journal = applied.journal
    return {
        "journal": str(applied.path),
        "done": not applied.failed,
        "steps": [
            _step(step, journal.entries.get(step.id, StepRecord(StepState.WAITING))) for step in journal.migration.steps
        ],
        "left_out": list(journal.migration.left_out),
        "comparison": comparison_data(applied.comparison) if applied.comparison else None,
    }


def comparison_data(comparison: WorkloadComparison) -> Data:
    """Return what came of each index."""
    return {
        "seconds": comparison.seconds,
        "created": [_created(each) for each in comparison.created],
        "dropped": [_index(each) for each in comparison.dropped],
        "others": [_change(each) for each in comparison.others],
        "notes": list(comparison.notes),
    }


def _step(step: MigrationStep, entry: StepRecord) -> Mapping[str, object]:
    return {
        "id": step.id,
        "kind": step.kind.value,
        "subject": step.subject,
        "sql": step.sql,
        "state": entry.state.value,
        "reason": entry.reason,
        "attempts": entry.attempts,
        "seconds": entry.seconds,
    }


def _created(each: IndexChange) -> Mapping[str, object]:
    return {
        **_index(each.index),
        "scans": each.scans,
        "verdict": each.verdict.value,
        "drop": each.drop,
        "certain": each.certain,
        "statements": [_change(change) for change in each.statements],
    }


def _index(index: CountedIndex) -> Data:
    names = ("name", "table", "definition", "bytes", "scans")
    return {name: getattr(index, name) for name in names}


def _change(change: StatementChange) -> Mapping[str, object]:
    sides = ("calls_before", "calls_after", "ms_before", "ms_after", "blocks_before", "blocks_after")
    figures = {name: getattr(change, name) for name in sides}
    return {"id": change.id, "statement": change.shown, **figures, "verdict": change.verdict.value}
