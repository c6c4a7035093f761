"""A tuning run → one self-contained HTML page: the verdict, where the time goes, findings, indexes, the migration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from backend_architect import __version__
from backend_architect.finding import Finding, Severity
from backend_architect.report.advice import (
    PARTITIONED,
    amounts_of,
    changed_statements,
    figures_of,
    headline,
    not_looked_at,
    saved,
)
from backend_architect.report.growth import advised_headline, costs, growth_headline, notes, turns_when
from backend_architect.report.tuning import Tuning, verdict
from backend_architect.tune.amounts import days, size
from backend_architect.tune.growth import Turning
from backend_architect.tune.indexes.model import Advice
from backend_architect.tune.workload import Statement, Workload

MOST_BARS = 40
MOST_STATEMENTS = 20
MOST_WAITS = 10
SMALLEST = 0.004
WHAT_IF = {
    "twin": "an embedded copy of the schema and the statistics, without rows",
    "hypopg": "hypopg in the database itself",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A statement's cost before and after, as shares of the dearest of all (0 to 1) and in figures."""

    statement: Statement
    before: float
    after: float
    description: tuple[str, str, str]
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """A statement's part of the whole time."""

    statement: Statement
    share: float


@dataclass(frozen=True, slots=True)
class Turned:
    """A statement that turns bad on larger tables: from which size on, why, and what a call costs then."""

    statement: Statement
    when: str
    why: str
    costs: str


def tune_page(tuning: Tuning, *, when: datetime) -> str:
    """Return the page; it needs no network, and follows the reader's light or dark."""
    template = files("backend_architect.report") / "pages" / "tune.html.jinja"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    advice, workload = tuning.advice, tuning.observed.workload
    amount = partial(saved, unit_ms=advice.unit_ms if advice else 0.0)
    environment.filters |= {"size": size, "saved": amount, "age": _age}
    samples = workload.samples if workload else None
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        tuning=tuning,
        catalog=tuning.observed.catalog,
        workload=workload,
        advice=advice,
        verdict=verdict(tuning),
        headline=headline(advice) if advice else "",
        partitioned=PARTITIONED,
        when=when.strftime("%d %B %Y, %H:%M UTC").lstrip("0"),
        what_if=WHAT_IF.get(advice.what_if, advice.what_if) if advice else "",
        counts=[(each, _of(tuning.findings, each)) for each in Severity],
        slices=_slices(workload),
        bars=_bars(advice),
        growth=tuning.growth,
        turning=_turning(tuning.growth.turning if tuning.growth else ()),
        still=_turning(tuning.growth.advised.turning if tuning.growth and tuning.growth.advised else ()),
        still_headline=advised_headline(tuning.growth) if tuning.growth else "",
        growth_headline=growth_headline(tuning.growth) if tuning.growth else "",
        growth_notes=notes(tuning.growth) if tuning.growth else [],
        samples=samples,
        waits=[each for each in samples.waited if each.event][:MOST_WAITS] if samples else [],
        most=MOST_WAITS,
        left=_left(tuning),
        version=__version__,
    )


def _of(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def _slices(workload: Workload | None) -> list[Slice]:
    """Return the statements that take most of the time; of a workload without times, those called most."""
    if workload is None:
        return []
    total = workload.total_ms or sum(each.calls for each in workload.statements) or 1.0
    shares = [Slice(each, (each.total_ms if workload.total_ms else each.calls) / total) for each in workload.statements]
    return [each for each in shares[:MOST_STATEMENTS] if each.share >= SMALLEST]


def _bars(advice: Advice | None) -> list[Bar]:
    """Return the statements whose plan changes, the largest change first."""
    changed = changed_statements(advice)[:MOST_BARS] if advice else []
    unit_ms = advice.unit_ms if advice else 0.0
    lengths = [amounts_of(each, unit_ms) for each in changed]
    widest = max((max(each) for each in lengths), default=1.0) or 1.0
    return [
        Bar(each.statement, before / widest, after / widest, figures_of(each, unit_ms), each.uses)
        for each, (before, after) in zip(changed, lengths, strict=True)
    ]


def _turning(turning: Sequence[Turning]) -> list[Turned]:
    return [Turned(each.statement, turns_when(each), each.why, costs(each)) for each in turning]


def _left(tuning: Tuning) -> list[str]:
    """Return all that nobody looked at, in words."""
    workload = tuning.observed.workload
    counted = workload.left_out.items() if workload else ()
    statements = [f"{number:,} statements left out: {reason}" for reason, number in counted]
    none = [] if workload else ["no statements: what the database runs is not known"]
    accepted = [f"{tuning.accepted} findings that were accepted before"] if tuning.accepted else []
    return [*none, *statements, *(not_looked_at(tuning.advice) if tuning.advice else []), *accepted]


def _age(seconds: float | None) -> str:
    """Return for how long was counted, '' where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 120:
        return f"{seconds:,.0f} s"
    return days(seconds) if seconds >= 7_200 else f"{seconds / 60:,.0f} minutes"
