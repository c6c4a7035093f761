"""A database, read and told: its findings in one of several forms, without those that were accepted."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from backend_architect.cli.applying import Changes, Refusal, apply_advice
from backend_architect.cli.failures import problem_text
from backend_architect.cli.progress import progress
from backend_architect.cli.terminal import paint
from backend_architect.cli.tune import FailOn, Form
from backend_architect.cli.watching import seen_lines, watch_database
from backend_architect.cli.writing.disk import check_place, write_new
from backend_architect.errors import Problem
from backend_architect.report.advice import advice_lines, advice_markdown
from backend_architect.report.findings import counted, finding_lines, findings_markdown, findings_sarif
from backend_architect.report.tune_page import tune_page
from backend_architect.report.tuning import Tuning
from backend_architect.report.tuning_data import tuning_data
from backend_architect.report.visible import in_one_line
from backend_architect.tune import RULES, Observation, Statement, Workload, find_everything, observe
from backend_architect.tune.accepted import read_accepted
from backend_architect.tune.advising import advise
from backend_architect.tune.indexes.select import Limits
from backend_architect.tune.migration import migration_sql, plan_migration
from backend_architect.tune.rewriting import write_anew

DEAREST = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    url: str
    workload: Path | None
    form: Form
    baseline: Path | None
    fail_on: FailOn
    html: Path | None
    limits: Limits
    watch: float = 0.0
    """Seconds to watch the database, instead of what it has counted since it was reset."""


def tune_database(wish: Wish, changes: Changes | None = None) -> int:
    """Return 1 when a finding is as severe as what was asked to fail on, or a change that was asked for failed."""
    if wish.html:
        check_place(wish.html)
    accepted = read_accepted(wish.baseline) if wish.baseline else {}
    observation = _observe(wish)
    tuning = _tuning(wish, observation, accepted)
    if wish.html:
        write_new(wish.html, tune_page(tuning, when=datetime.now(UTC)))
    _print(wish, tuning)
    severe = [finding for finding in tuning.findings if finding.severity.value in _failing(wish.fail_on)]
    catalog = observation.observed.catalog
    failed = apply_advice(changes, tuning.advice, tuning.findings, catalog) if changes else 0
    return int(bool(severe) or bool(failed))


def _observe(wish: Wish) -> Observation:
    """Return the database as it is, with the workload that was given or watched."""
    if not wish.watch:
        return asyncio.run(observe(wish.url, wish.workload))
    if wish.workload:
        fix = "leave out one of them"
        raise Refusal(Problem("two-workloads", "--watch counts what runs, --workload gives what ran", fix))
    watched = watch_database(wish.url, wish.watch)
    observation = asyncio.run(observe(wish.url, watched.workload))
    return replace(observation, problems=(*watched.problems, *observation.problems))


def _tuning(wish: Wish, observation: Observation, accepted: Mapping[str, str]) -> Tuning:
    """Return what there is to say: findings but the accepted ones, and which indexes to make."""
    found = find_everything(observation.observed)
    findings = tuple(finding for finding in found.findings if finding.key not in accepted)
    with progress() as tell:
        rewritten = write_anew(findings, observation.observed, tell)
        advised = advise(wish.url, observation.observed, wish.limits, tell)
    findings = rewritten.findings
    migration = plan_migration(advised.advice, findings, observation.observed.catalog)
    return Tuning(
        observation.observed,
        findings,
        (*observation.problems, *found.problems, *rewritten.problems, *advised.problems),
        advised.advice,
        migration_sql(migration, datetime.now(UTC).isoformat(timespec="seconds")) if migration.steps else "",
        accepted=len(found.findings) - len(findings),
    )


def _failing(fail_on: FailOn) -> set[str]:
    order = [each.value for each in FailOn]
    return set() if fail_on is FailOn.NEVER else set(order[: order.index(fail_on.value) + 1])


def _print(wish: Wish, tuning: Tuning) -> None:
    titles = {rule.code: rule.title for rule in RULES}
    if wish.form is Form.SARIF:
        print(json.dumps(findings_sarif(tuning.findings, titles, _place(wish.url)), indent=2, ensure_ascii=False))
    elif wish.form is Form.MARKDOWN:
        print(findings_markdown(tuning.findings, f"{tuning.observed.catalog.database}: what makes it slow"), end="")
        if tuning.advice:
            print(f"\n{advice_markdown(tuning.advice)}", end="")
    elif wish.form is Form.JSON:
        print(json.dumps(tuning_data(tuning), indent=2, ensure_ascii=False))
    else:
        _print_text(tuning, wish.html)


def _print_text(tuning: Tuning, page: Path | None) -> None:
    colours = paint(sys.stdout)
    catalog, workload = tuning.observed.catalog, tuning.observed.workload
    name = in_one_line(catalog.database)
    parts = [f"{name}: PostgreSQL {catalog.version}, {len(catalog.tables)} tables, {_read(workload)}"]
    parts += ["\n".join(finding_lines(finding, colours)) for finding in tuning.findings]
    parts += [problem_text(problem, colours) for problem in tuning.problems]
    if workload is not None and workload.total_ms:
        parts.append(_dearest(workload))
    if workload is not None and workload.notes:
        parts.append("\n".join(f"note: {in_one_line(note)}" for note in workload.notes))
    if workload is not None and workload.samples:
        parts.append("\n".join(seen_lines(workload.samples)))
    if tuning.advice:
        parts.append("\n".join(advice_lines(tuning.advice, colours)))
    kept_back = f", {tuning.accepted} accepted" if tuning.accepted else ""
    written = f"\nThe page: {page}" if page else ""
    print("\n\n".join([*parts, f"{counted(tuning.findings)}{kept_back}{written}"]))


def _read(workload: Workload | None) -> str:
    if workload is None:
        return "no statements"
    left_out = sum(workload.left_out.values())
    told = "; ".join(f"{number} {reason}" for reason, number in workload.left_out.items())
    aside = f" ({left_out} left out: {told})" if left_out else ""
    return f"{len(workload.statements)} statements from {workload.source}{aside}"


def _dearest(workload: Workload) -> str:
    """Return the statements that take most of the time, a line each."""
    lines = [f"  {_shown(each, workload.total_ms)}" for each in workload.statements[:DEAREST]]
    return "\n".join(["Where the time goes:", *lines])


def _shown(each: Statement, whole: float) -> str:
    share = f"{each.total_ms / whole:4.0%}"
    source = f"  from {in_one_line(each.source)}" if each.source else ""
    return f"{share}  {each.calls:12,.0f} calls of {each.mean_ms:,.2f} ms  {in_one_line(each.shown)}{source}"


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or 'localhost'}{parts.path}"
