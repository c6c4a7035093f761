"""A database, read and told: its findings in one of several forms, without those that were accepted."""

import asyncio
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from backend_architect.cli.applying import Changes, apply_advice
from backend_architect.cli.as_data import as_data
from backend_architect.cli.failures import problem_text
from backend_architect.cli.terminal import paint
from backend_architect.cli.tune import FailOn, Form
from backend_architect.finding import Finding
from backend_architect.report.findings import counted, finding_lines, findings_markdown, findings_sarif
from backend_architect.tune import RULES, Observation, Workload, find_everything, observe
from backend_architect.tune.accepted import read_accepted

DEAREST = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    url: str
    workload: Path | None
    form: Form
    baseline: Path | None
    fail_on: FailOn


def tune_database(wish: Wish, changes: Changes | None = None) -> int:
    """Return 1 when a finding is as severe as what was asked to fail on, or a change that was asked for failed."""
    accepted = read_accepted(wish.baseline) if wish.baseline else {}
    observation = asyncio.run(observe(wish.url, wish.workload))
    found = find_everything(observation.observed)
    observation = replace(observation, problems=(*observation.problems, *found.problems))
    findings = tuple(finding for finding in found.findings if finding.key not in accepted)
    _print(wish, observation, findings, hidden=len(found.findings) - len(findings))
    severe = [finding for finding in findings if finding.severity.value in _failing(wish.fail_on)]
    failed = apply_advice(changes, None, findings, observation.observed.catalog) if changes else 0
    return int(bool(severe) or bool(failed))


def _failing(fail_on: FailOn) -> set[str]:
    order = [each.value for each in FailOn]
    return set() if fail_on is FailOn.NEVER else set(order[: order.index(fail_on.value) + 1])


def _print(wish: Wish, observation: Observation, findings: tuple[Finding, ...], *, hidden: int) -> None:
    catalog = observation.observed.catalog
    titles = {rule.code: rule.title for rule in RULES}
    if wish.form is Form.SARIF:
        print(json.dumps(findings_sarif(findings, titles, _place(wish.url)), indent=2, ensure_ascii=False))
    elif wish.form is Form.MARKDOWN:
        print(findings_markdown(findings, f"{catalog.database}: what makes it slow"), end="")
    elif wish.form is Form.JSON:
        print(json.dumps(_data(observation, findings, hidden), indent=2, ensure_ascii=False))
    else:
        _print_text(observation, findings, hidden)


def _print_text(observation: Observation, findings: tuple[Finding, ...], hidden: int) -> None:
    colours = paint(sys.stdout)
    catalog, workload = observation.observed.catalog, observation.observed.workload
    parts = [f"{catalog.database}: PostgreSQL {catalog.version}, {len(catalog.tables)} tables, {_read(workload)}"]
    parts += ["\n".join(finding_lines(finding, colours)) for finding in findings]
    parts += [problem_text(problem, colours) for problem in observation.problems]
    if workload is not None and workload.total_ms:
        parts.append(_dearest(workload))
    kept_back = f", {hidden} accepted" if hidden else ""
    print("\n\n".join([*parts, f"{counted(findings)}{kept_back}"]))


def _read(workload: Workload | None) -> str:
    if workload is None:
        return "no statements"
    left_out = sum(workload.left_out.values())
    told = "; ".join(f"{number} {reason}" for reason, number in workload.left_out.items())
    aside = f" ({left_out} left out: {told})" if left_out else ""
    return f"{len(workload.statements)} statements from {workload.source}{aside}"


def _dearest(workload: Workload) -> str:
    """Return the statements that take most of the time, a line each."""
    lines = [
        f"  {each.total_ms / workload.total_ms:4.0%}  {each.calls:12,.0f} calls of {each.mean_ms:,.2f} ms  {each.shown}"
        for each in workload.statements[:DEAREST]
    ]
    return "\n".join(["Where the time goes:", *lines])


def _data(observation: Observation, findings: tuple[Finding, ...], hidden: int) -> object:
    catalog, workload = observation.observed.catalog, observation.observed.workload
    read = None
    if workload is not None:
        read = {"source": workload.source, "statements": len(workload.statements), "left_out": workload.left_out}
    return {
        "format": 1,
        "database": catalog.database,
        "postgresql": catalog.version,
        "workload": read,
        "findings": [{**dict(_mapping(finding)), "key": finding.key} for finding in findings],
        "accepted": hidden,
        "problems": as_data(observation.problems),
    }


def _mapping(finding: Finding) -> dict[str, object]:
    data = as_data(finding)
    assert isinstance(data, dict)
    return data


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or 'localhost'}{parts.path}"
