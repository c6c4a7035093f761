"""A migration as lines: what would be done and what each step locks, and what became of it."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from backend_architect.report.paint import Paint
from backend_architect.tune.amounts import size
from backend_architect.tune.migration import LOCKS, Journal, Migration, MigrationStep, StepKind, StepRecord, StepState

WIDTH = 98


def migration_lines(migration: Migration, where: str, paint: Paint) -> list[str]:
    """Return exactly what would be done, on what, and what each step locks."""
    lines = [paint.bold(f"{len(migration.steps)} steps on database {migration.database} at {where}, one at a time:")]
    for number, step in enumerate(migration.steps, 1):
        lines += step_lines(step, number, paint)
    kinds = sorted({step.kind for step in migration.steps}, key=list(StepKind).index)
    lines += ["", paint.bold("What they lock:")]
    for kind in kinds:
        lines += _hanging(f"{kind.value}: {LOCKS[kind].description}", "  ")
        lines.append(paint.dim(f"    waits up to {LOCKS[kind].timeout / 1000:,.0f} s for its lock, then tries again"))
    lines += ["", *_hanging(room_needed(migration), "  ")]
    if migration.left_out:
        lines += [
            "",
            paint.bold("Left to you:"),
            *(line for each in migration.left_out for line in _hanging(each, "  ")),
        ]
    return lines


def step_lines(step: MigrationStep, number: int, paint: Paint) -> list[str]:
    """Return one step: its statement, and why."""
    about = [f"about {size(step.bytes)}"] if step.bytes else []
    about += [step.why] if step.why else []
    head = f"{number:3}. {paint.bold(step.kind.value)} {' '.join(step.subject.split())}"
    return [head, f"     {step.sql}", *(_hanging("; ".join(about), "     ", paint) if about else [])]


def room_needed(migration: Migration) -> str:
    """Return what is known of the disk: what the indexes need, and that nobody can tell what is free."""
    if not migration.bytes:
        return "Disk: what the steps need is not known; a connection cannot tell how much is free."
    largest = max((step.bytes for step in migration.steps if step.makes_index), default=0)
    return (
        f"Disk: the new indexes need about {size(migration.bytes)}, and the largest up to {size(largest)} more in "
        "temporary files while it is built. How much is free, a connection cannot tell: look before you begin."
    )


def journal_lines(journal: Journal, path: Path, paint: Paint) -> list[str]:
    """Return what became of each step, and where it is noted."""
    lines = []
    for step in journal.migration.steps:
        entry = journal.entries.get(step.id, StepRecord(StepState.WAITING))
        colour = {StepState.DONE: paint.green, StepState.FAILED: paint.red}.get(entry.state, paint.yellow)
        took = f" in {entry.seconds:,.1f} s" if entry.state is StepState.DONE and entry.seconds >= 0.1 else ""
        lines.append(f"{colour(f'{entry.state.value:11}')} {step.kind.value} {' '.join(step.subject.split())}{took}")
        lines += _hanging(entry.reason, "            ") if entry.reason else []
    done = sum(journal.state(step.id) is StepState.DONE for step in journal.migration.steps)
    return [*lines, "", f"{done} of {len(journal.migration.steps)} steps are done; the journal is {path}"]


def _hanging(text: str, indent: str, paint: Paint | None = None) -> Sequence[str]:
    lines = wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + ("  " if indent == "  " else ""))
    return [paint.dim(line) for line in lines] if paint else lines
