"""The counts of a database written to a file, and compared with what came since."""

import asyncio
from pathlib import Path

from backend_architect.cli.as_data import print_data
from backend_architect.cli.changes import Changes, free
from backend_architect.cli.terminal import paint
from backend_architect.cli.tune_options import OutputForm
from backend_architect.report.changes_data import comparison_document, snapshot_document
from backend_architect.report.comparing import comparison_lines, comparison_markdown
from backend_architect.tune.comparing.session import store_snapshot
from backend_architect.tune.migration import compare_with


def store_or_compare(changes: Changes) -> int | None:
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
