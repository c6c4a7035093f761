"""What an earlier version of this tool made of a design, for a project that it built and that was not built again."""

from pathlib import Path

from backend_architect.cli.writing.memory import FIRST_EDITION, built_by
from backend_architect.design.source import design_file
from backend_architect.errors import Problem
from backend_architect.pipeline import first_edition_notes_of


def notes_on_earlier_build(path: Path) -> tuple[Problem, ...]:
    """Return notes on rules that the first edition compiled wrongly, where it built the project beside the design."""
    if built_by(design_file(path).parent) != FIRST_EDITION:
        return ()
    return first_edition_notes_of(path)
