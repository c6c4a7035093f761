"""What a tuning run came to, as its reports read it, and the sentence that says it."""

from dataclasses import dataclass

from backend_architect.errors import Problem
from backend_architect.finding import Finding
from backend_architect.report.changes_data import Applied
from backend_architect.report.findings import counted
from backend_architect.tune.amounts import duration, size
from backend_architect.tune.growth import GrowthStudy
from backend_architect.tune.indexes.model import Advice
from backend_architect.tune.observed import Observed

NEARLY_ALL = 0.99
SMALL_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Tuning:
    """One run: what was read, found and advised. `advice` is None where no indexes were chosen, and why is a problem.

    `migration` is the SQL that carries out the advice, '' for none; `accepted` counts the findings kept back. `growth`
    is what turns bad on larger tables, where that was asked for; `applied` is what was changed, None for nothing.
    """

    observed: Observed
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    advice: Advice | None = None
    migration: str = ""
    accepted: int = 0
    growth: GrowthStudy | None = None
    applied: Applied | None = None
    migration_files: tuple[str, ...] = ()
    """The files of a framework's migrations that were written."""


def verdict(tuning: Tuning) -> str:
    """Return what came out, in one sentence."""
    if not tuning.observed.catalog.knows_tables:
        return "The tables could not be read: there is no verdict."
    parts = [f"{_findings(tuning.findings)}"] if tuning.findings else []
    if tuning.advice is not None and tuning.advice.recommended:
        parts.append(_saving(tuning.advice))
    if not parts:
        return "Nothing was found that makes it slow."
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def of_the_time(advice: Advice) -> str:
    """Return of which share of the measured time the advice speaks, '' where that is all of it or unknown."""
    if advice.share is None or advice.share >= NEARLY_ALL:
        return ""
    return f"of the {advice.share:.0%} of the measured time that could be planned"


def _findings(findings: tuple[Finding, ...]) -> str:
    many = "finding" if len(findings) == 1 else "findings"
    if len({finding.severity for finding in findings}) == 1:
        return f"{len(findings)} {findings[0].severity.value} {many}"
    return f"{len(findings)} {many} ({counted(findings)})"


def _saving(advice: Advice) -> str:
    number = len(advice.recommended)
    indexes = "one new index" if number == 1 else f"{number} new indexes"
    share = of_the_time(advice)
    summary = f"{indexes} of {size(advice.bytes)} in all would {claim(advice)}"
    return f"{summary}, {share}" if share else summary


def claim(advice: Advice) -> str:
    """Return what the indexes save: of the measured time at most, without one by the planner's cost."""
    if not advice.measured_ms:
        return saving(advice.before, advice.after)
    saved, total = advice.ms_before - advice.ms_after, advice.measured_ms
    share = f"{100 * saved / total:.1f}" if saved < SMALL_SHARE * total else f"{min(int(100 * saved / total), 99)}"
    return f"save at most {share} % of the {duration(total)} that the statements were measured to take"


def saving(before: float, after: float) -> str:
    """Return what a change does to a cost, in words that need no sign."""
    if before <= 0 or round(before, 6) == round(after, 6):
        return "leave the planned cost as it is"
    if after <= 0:
        return "take nearly all of the planned cost away"
    if before / after >= 10:
        return f"make the workload {before / after:,.0f} times cheaper by the planner's cost"
    way = "lower" if after < before else "raise"
    return f"{way} the planned cost by {100 * abs(before - after) / before:.0f} %"
