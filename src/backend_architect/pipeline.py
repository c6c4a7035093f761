"""The whole story: a file becomes a design, its decisions, and a project as text.

Each step imports its stage when it runs: most commands need only the first, and should answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from backend_architect.design import Design, LoadedDesign, check_design, load_design
from backend_architect.errors import DesignError, NotBuiltYet, Problem

if TYPE_CHECKING:
    from backend_architect.brief import Brief
    from backend_architect.change import DesignChange
    from backend_architect.decisions import Decisions
    from backend_architect.project import Project


def read_sound_design(path: Path) -> LoadedDesign:
    """Return the design in a file; raise DesignError with every problem of its shape, else of its meaning."""
    return sound(load_design(path))


def sound(loaded: LoadedDesign) -> LoadedDesign:
    """Return the design; raise DesignError with every problem of its meaning."""
    problems = check_design(loaded, decisions=_answers() if loaded.design.pin else None)
    if problems:
        raise DesignError(*problems)
    return loaded


def warnings_of(loaded: LoadedDesign) -> tuple[Problem, ...]:
    """Return what a design without problems is warned of."""
    from backend_architect.design.warn import design_warnings  # noqa: PLC0415

    return design_warnings(loaded)


def warnings_in(path: Path) -> tuple[Problem, ...]:
    """Return what the design in a file is warned of, given that it has no problems."""
    return warnings_of(load_design(path))


def first_edition_notes_of(path: Path) -> tuple[Problem, ...]:
    """Return what of a design 0.1.0 carried out in another way than it says; none where the file cannot be read."""
    from backend_architect.design.first_edition import first_edition_notes  # noqa: PLC0415

    try:
        return first_edition_notes(load_design(path))
    except DesignError:
        return ()


def decide_buildable(design: Design) -> "Decisions":
    """Return the decisions; raise NotBuiltYet when one of them asks for a part that does not exist."""
    from backend_architect.decisions import decide_all, unbuildable  # noqa: PLC0415

    decisions = decide_all(design)
    missing = unbuildable(decisions)
    if missing:
        raise NotBuiltYet(*missing)
    return decisions


def build_from(path: Path) -> "Project":
    """Return the project that the design file describes."""
    return build_loaded(read_sound_design(path))


def build_loaded(loaded: LoadedDesign) -> "Project":
    """Return the project that a sound design describes, with a page for each decision."""
    from backend_architect.project import Project, build_project  # noqa: PLC0415
    from backend_architect.report.decisions import decision_pages  # noqa: PLC0415

    decisions = decide_buildable(loaded.design)
    project = build_project(loaded, decisions)
    return Project(project.name, {**project.files, **decision_pages(decisions)})


def change_by(path: Path, brief: "Brief") -> "DesignChange":
    """Return what a sentence makes of the design in a file; raise where a part of it cannot be done."""
    from backend_architect.change import propose_change  # noqa: PLC0415

    change = propose_change(read_sound_design(path), brief)
    sound(change.after)
    return change


def columns_of(design: Design) -> dict[str, tuple[str, ...]]:
    """Return the columns that a design's tables have, by table."""
    from backend_architect.queries import build_queries, resolve_design  # noqa: PLC0415
    from backend_architect.schema import build_schema  # noqa: PLC0415

    resolved = resolve_design(design, decide_buildable(design).is_kept)
    tables = build_schema(resolved, build_queries(resolved)).tables
    return {table.name: tuple(column.name for column in table.columns) for table in tables}


def _answers() -> dict[str, tuple[str, ...]]:
    """Return the answers that a design may pin, by question."""
    from backend_architect.decisions import questions  # noqa: PLC0415

    return dict(questions())
