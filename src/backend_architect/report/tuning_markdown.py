"""A tuning run as one Markdown report: findings, notes and waits, indexes, growth, problems."""

from collections.abc import Sequence

from backend_architect.errors import Problem
from backend_architect.report.advice import advice_markdown
from backend_architect.report.findings import findings_markdown
from backend_architect.report.growth import growth_markdown
from backend_architect.report.samples import samples_markdown
from backend_architect.report.tuning import Tuning
from backend_architect.report.visible import as_markdown


def tuning_markdown(tuning: Tuning) -> str:
    """Return the report."""
    workload = tuning.observed.workload
    parts = [findings_markdown(tuning.findings, f"{tuning.observed.catalog.database}: what makes it slow")]
    if workload is not None and workload.notes:
        parts.append("".join(f"- {as_markdown(note)}\n" for note in workload.notes))
    if workload is not None and workload.samples:
        parts.append(samples_markdown(workload.samples))
    parts += [advice_markdown(tuning.advice)] if tuning.advice else []
    parts += [growth_markdown(tuning.growth)] if tuning.growth else []
    parts += [_problems(tuning.problems)] if tuning.problems else []
    return "\n".join(parts)


def _problems(problems: Sequence[Problem]) -> str:
    """Return what could not be looked at, and what to do about it."""
    lines = [f"- `{each.code}` {as_markdown(each.message)}{_fix(each.fix)}\n" for each in problems]
    return "".join(["## What was not looked at\n\n", *lines])


def _fix(fix: str) -> str:
    return f" ({as_markdown(fix)})" if fix else ""
