"""Statements whose JIT compilation takes longer than it saves.

What it checks: statements called a hundred times or more, of whose time a fifth or more went into compiling them (JIT);
pg_stat_statements reports it from version 15 on.

Why it matters: above a certain estimated cost PostgreSQL compiles a statement's expressions, again at each call. That
takes tens of milliseconds, and pays only where millions of rows follow.

Example: a list over twelve partitions: 8 ms of work, 140 ms of compiling.

Instead: raise `jit_above_cost`, or turn `jit` off for the application's role, and leave it on for reports.

When it is wrong: never for the statement named; other statements may gain from JIT.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_CALLS = 100
MIN_JIT_SHARE = 0.2


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that waits for the compiler."""
    for examined in observed.statements:
        statement = examined.statement
        share = statement.jit_ms / statement.total_ms if statement.total_ms else 0.0
        if statement.calls < MIN_CALLS or share < MIN_JIT_SHARE:
            continue
        yield Finding(
            code=RULE.code,
            severity=examined.severity(Severity.MEDIUM),
            sureness=Sureness.CERTAIN,
            subject=examined.shown,
            message=f"{share:.0%} of the time goes into compiling: {examined.shown}",
            why=f"each call compiles for {statement.jit_ms / statement.calls:,.1f} ms before it reads a row",
            fix="raise jit_above_cost, or turn jit off for the role that runs it",
            sql="ALTER ROLE application SET jit = off;  -- the role that the application connects as",
            evidence=(*examined.facts, Fact("jit", observed.catalog.settings.get("jit", "?"))),
        )


RULE = Rule("needless-jit", "statements whose JIT compilation takes longer than it saves", find)
