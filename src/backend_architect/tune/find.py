"""Every rule on one database. A rule that fails on a statement loses that statement, and says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backend_architect.errors import ArchitectError, Problem
from backend_architect.finding import Finding
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

FIX = "a fault of this tool: the other rules and statements were looked at; please report it with the statement"


@dataclass(frozen=True, slots=True)
class FoundFindings:
    """Findings, the worst first, and the rules that failed on a statement or altogether."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


class RuleFailed(ArchitectError):
    """A rule failed: what it would have found is unknown."""


def find_guarded(observed: Observed, rules: Sequence[Rule]) -> FoundFindings:
    """Return every finding, the worst first, the same however the database was read, and what failed on the way."""
    found: dict[str, Finding] = {}
    problems: list[Problem] = []
    for rule in rules:
        findings, failed = _run(rule, observed)
        found |= {finding.key: finding for finding in findings}
        problems += failed
    return FoundFindings(worst_first(found.values()), tuple(problems))


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order in which they are told."""
    return tuple(sorted(findings, key=lambda each: (each.severity.rank, each.code, each.subject)))


def _run(rule: Rule, observed: Observed) -> tuple[Iterable[Finding], list[Problem]]:
    """Return what a rule finds; where it fails, what it finds without the statements that it fails on alone."""
    findings, error = _try(rule, observed)
    if error is None:
        return findings, []
    _, hopeless = _try(rule, _with(observed, []))
    if hopeless is not None:
        return (), [_problem(rule, error, "")]
    each_alone = ((each, _try(rule, _with(observed, [each]))[1]) for each in _statements(observed))
    alone = [(each, failure) for each, failure in each_alone if failure is not None]
    failing = {statement.id for statement, _ in alone}
    rest = _with(observed, [each for each in _statements(observed) if each.id not in failing])
    problems = [_problem(rule, failure, f" on {statement.shown}") for statement, failure in alone]
    findings, error = _try(rule, rest)
    return findings, [*problems, *([_problem(rule, error, "")] if error else [])]


def _try(rule: Rule, observed: Observed) -> tuple[tuple[Finding, ...], Exception | None]:
    try:
        return tuple(rule.find(observed)), None
    except Exception as error:  # noqa: BLE001 - whatever a rule raises, the others must be heard
        return (), error


def _statements(observed: Observed) -> tuple[Statement, ...]:
    return observed.workload.statements if observed.workload else ()


def _with(observed: Observed, statements: Sequence[Statement]) -> Observed:
    workload = observed.workload
    return replace(observed, workload=replace(workload, statements=tuple(statements)) if workload else None)


def _problem(rule: Rule, error: Exception, where: str) -> Problem:
    return Problem("rule-failed", f"the rule {rule.code} failed{where}: {type(error).__name__}: {error}", FIX)
