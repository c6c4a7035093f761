"""The whole story of every job: design, decide, build, change, prove and tune.

Each function takes values and returns values; a command asks for the values, calls one function, and prints or writes
what it returns. Each imports its stage when it runs: most commands need only the first, and should answer at once.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backend_architect.design import Design, LoadedDesign, check_design, load_design
from backend_architect.errors import DesignError, NotBuiltYet, Problem

if TYPE_CHECKING:
    from backend_architect.brief import Brief
    from backend_architect.change import DesignChange
    from backend_architect.decisions import Decision, Decisions, Flip
    from backend_architect.finding import Finding
    from backend_architect.project import Project
    from backend_architect.proof import Evidence, Lab, ProofStep
    from backend_architect.report.tuning import Tuning
    from backend_architect.tune.advice_run import By
    from backend_architect.tune.indexes.choice_limits import ChoiceLimits
    from backend_architect.tune.migration import Migration
    from backend_architect.tune.watching import Watched


@dataclass(frozen=True, slots=True)
class Build:
    """A project as text, and what its design is warned of."""

    project: "Project"
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class TuneRequest:
    """A database, or its workload as a file. `at` is the growth of its data; `accepted` has a reason by finding key."""

    url: str
    workload: Path | None
    limits: "ChoiceLimits"
    what_if: "By"
    at: float | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)


# Design


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


def first_edition_notes_of(path: Path) -> tuple[Problem, ...]:
    """Return what of a design 0.1.0 carried out in another way than it says; none where the file cannot be read."""
    from backend_architect.design.first_edition import first_edition_notes  # noqa: PLC0415

    try:
        return first_edition_notes(load_design(path))
    except DesignError:
        return ()


# Decide


def compare_loads(design: Design, factor: float) -> tuple["Decisions", "Decisions", tuple["Flip", ...]]:
    """Return the decisions at the declared load, at so many times that load, and those that differ."""
    from backend_architect.decisions import compare_decisions, decide_all, scale_load  # noqa: PLC0415

    before, after = decide_all(design), decide_all(scale_load(design, factor))
    return before, after, compare_decisions(before, after)


def changed_decisions(before: Design, after: Design) -> tuple[tuple["Decision", "Decision"], ...]:
    """Return each decision that a change of the design answers differently, as it was and as it is."""
    from backend_architect.decisions import decide_all  # noqa: PLC0415

    old = decide_all(before)
    return tuple((old[new.slug], new) for new in decide_all(after) if old[new.slug].answer != new.answer)


def decide_buildable(design: Design) -> "Decisions":
    """Return the decisions; raise NotBuiltYet when one of them asks for a part that does not exist."""
    from backend_architect.decisions import decide_all, unbuildable  # noqa: PLC0415

    decisions = decide_all(design)
    missing = unbuildable(decisions)
    if missing:
        raise NotBuiltYet(*missing)
    return decisions


# Build


def build_from(path: Path) -> Build:
    """Return the project that the design file describes."""
    loaded = read_sound_design(path)
    return Build(build_loaded(loaded), warnings_of(loaded))


def build_loaded(loaded: LoadedDesign) -> "Project":
    """Return the project that a sound design describes, with a page for each decision."""
    from backend_architect.project import Project, build_project  # noqa: PLC0415
    from backend_architect.report.decisions import decision_pages  # noqa: PLC0415

    decisions = decide_buildable(loaded.design)
    project = build_project(loaded, decisions)
    return Project(project.name, {**project.files, **decision_pages(decisions)})


def columns_of(design: Design) -> dict[str, tuple[str, ...]]:
    """Return the columns that a design's tables have, by table."""
    from backend_architect.queries import build_queries, resolve_design  # noqa: PLC0415
    from backend_architect.schema import build_schema  # noqa: PLC0415

    resolved = resolve_design(design, decide_buildable(design).is_kept)
    tables = build_schema(resolved, build_queries(resolved)).tables
    return {table.name: tuple(column.name for column in table.columns) for table in tables}


# Change


def change_by(path: Path, brief: "Brief") -> "DesignChange":
    """Return what a sentence makes of the design in a file; raise where a part of it cannot be done."""
    from backend_architect.change import propose_change  # noqa: PLC0415

    change = propose_change(read_sound_design(path), brief)
    sound(change.after)
    return change


# Prove


@contextmanager
def proving(
    folder: Path, words: Sequence[str], earlier: "Evidence | None", tell: Callable[[str], None]
) -> Iterator[tuple["Lab", Iterator["ProofStep"]]]:
    """Give the running copy of a project, and the evidence after each probe that the words name; all without words."""
    from backend_architect.proof import Lab, choose_probes, prove, read_subject  # noqa: PLC0415

    probes = choose_probes(words)
    with Lab(read_subject(folder), tell) as lab:
        yield lab, prove(lab, probes, earlier)


# Tune


def tune(request: TuneRequest, watched: "Watched | None", tell: Callable[[str], None]) -> tuple["Tuning", "Migration"]:
    """Return what there is to say of a database (findings, indexes, growth), and the migration that carries it out."""
    from backend_architect.report.tuning import Tuning  # noqa: PLC0415
    from backend_architect.tune import find_everything, find_misjudged, observe  # noqa: PLC0415
    from backend_architect.tune.accepted import not_found  # noqa: PLC0415
    from backend_architect.tune.advice_run import advise  # noqa: PLC0415
    from backend_architect.tune.find import worst_first  # noqa: PLC0415
    from backend_architect.tune.group_findings import grouped  # noqa: PLC0415
    from backend_architect.tune.growth_run import Projected, project_growth  # noqa: PLC0415
    from backend_architect.tune.migration import beside_advice, migration_sql, plan_migration  # noqa: PLC0415
    from backend_architect.tune.rewrite_run import rewrite_statements  # noqa: PLC0415

    observation = asyncio.run(observe(request.url, watched.workload if watched else request.workload))
    observed = observation.observed
    found = find_everything(observed)
    rewritten = rewrite_statements(_not_accepted(request, found.findings), observed, tell)
    advised = advise(request.url, observed, request.limits, tell, by=request.what_if)
    grown = project_growth(request.url, observed, request.at, tell, advised=advised) if request.at else Projected(None)
    misjudged = find_misjudged(observed, advised.advice)
    everything = {finding.key: finding for finding in (*found.findings, *misjudged.findings)}.values()
    replaced = {finding.key for finding in misjudged.findings}
    kept = tuple(finding for finding in rewritten.findings if finding.key not in replaced)
    findings = worst_first((*kept, *_not_accepted(request, misjudged.findings)))
    migration = plan_migration(advised.advice, findings, observed.catalog)
    problems = (*(watched.problems if watched else ()), *observation.problems, *found.problems, *misjudged.problems)
    problems += (*rewritten.problems, *advised.problems)
    tuning = Tuning(
        observed,
        grouped(beside_advice(findings, advised.advice)),
        (*problems, *grown.problems, *not_found(request.accepted, everything)),
        advised.advice,
        migration_sql(migration, datetime.now(UTC).isoformat(timespec="seconds")) if migration.steps else "",
        accepted=len(everything) - len(findings),
        growth=grown.study,
    )
    return tuning, migration


def _not_accepted(request: TuneRequest, findings: Iterable["Finding"]) -> tuple["Finding", ...]:
    return tuple(finding for finding in findings if finding.key not in request.accepted)


def _answers() -> dict[str, tuple[str, ...]]:
    """Return the answers that a design may pin, by question."""
    from backend_architect.decisions import questions  # noqa: PLC0415

    return dict(questions())
