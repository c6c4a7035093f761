"""A build in a few lines: how many files were written, and each that a person should know of."""

import sys
from collections import Counter
from collections.abc import Sequence

from backend_architect.cli.terminal import paint
from backend_architect.cli.writing import Fate, FileChange
from backend_architect.cli.writing.change import MEANING, NEEDS_YOU, SILENT

COUNTED = SILENT | {Fate.CREATED, Fate.UPDATED}


def built_text(changes: Sequence[FileChange]) -> str:
    """Return the counts, then each fate that is more than a plain write with its files."""
    counts = Counter(change.fate for change in changes)
    lines = [", ".join(f"{counts[fate]} {fate}" for fate in Fate if counts[fate]) or "nothing to write"]
    for fate in Fate:
        if fate not in COUNTED and counts[fate]:
            lines += _told(fate, [change.path for change in changes if change.fate is fate])
    return "\n".join(lines)


def _told(fate: Fate, paths: Sequence[str]) -> list[str]:
    colours = paint(sys.stdout)
    mark = colours.red if fate in NEEDS_YOU else colours.yellow
    return [f"{mark(fate)}: {MEANING[fate]}", *(f"  {path}" for path in paths)]
