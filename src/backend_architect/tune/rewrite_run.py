"""Findings → findings with the statement written anew, checked on an embedded server with generated rows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend_architect.errors import DatabaseError, Problem
from backend_architect.finding import Finding
from backend_architect.planner_twin.copy import twin_server
from backend_architect.tune.observed import Observed
from backend_architect.tune.rewrites.propose import REWRITERS
from backend_architect.tune.rewrites.show import with_rewrites


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The findings in their order, and what stood in the way of checking."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()


def rewrite_statements(findings: Sequence[Finding], observed: Observed, tell: Callable[[str], None]) -> Rewritten:
    """Return the findings, those that a rewrite mends with it. The tuned database is not asked anything."""
    if not any(finding.code in REWRITERS for finding in findings):
        return Rewritten(tuple(findings))
    tell("rewriting statements, and running old and new on generated rows")
    try:
        with twin_server() as server:
            return Rewritten(asyncio.run(with_rewrites(findings, observed, server.url())))
    except DatabaseError as error:
        problem = Problem("no-rewrites", f"no rewrites are shown: {error}", "PostgreSQL must be able to start here")
        return Rewritten(tuple(findings), (problem,))
