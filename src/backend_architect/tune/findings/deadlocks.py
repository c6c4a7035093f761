"""Transactions that the server had to cancel because they waited for each other.

What it checks: databases that counted at least ten deadlocks since the statistics were reset, one a day or more.

Why it matters: after a second of waiting (`deadlock_timeout`) one of the two is rolled back with an error (40P01):
unless the application tries again, somebody's work is lost. Both held their other locks all the while.

Example: a transfer that takes money from A and gives it to B, while another takes from B and gives to A.

Instead: lock rows in the same order everywhere (`SELECT … ORDER BY id FOR UPDATE` before the first update), keep
transactions short, and try a transaction again that ends with 40P01. The server's log names both statements.

When it is wrong: a nightly job that competes with itself and tries again, where nobody waits for it.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

DAY = 86_400.0
MIN_DEADLOCKS = 10
HIGH_DEADLOCKS_PER_DAY = 24.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding when deadlocks are no rare accident."""
    activity, counted = observed.catalog.activity, observed.catalog.counted_at_most
    if activity is None or not counted or activity.deadlocks < MIN_DEADLOCKS:
        return
    rate = activity.deadlocks / counted * DAY
    if rate < 1.0:
        return
    yield Finding(
        code=RULE.code,
        severity=Severity.HIGH if rate >= HIGH_DEADLOCKS_PER_DAY else Severity.MEDIUM,
        sureness=Sureness.CERTAIN,
        subject=observed.catalog.database,
        message=f"{rate:,.0f} transactions a day are rolled back by a deadlock",
        why="one of two that wait for each other is ended with an error after a second in which both held their locks",
        fix="take locks in the same order everywhere, and repeat what ends with 40P01; the log names both statements",
        evidence=(
            Fact("deadlocks", f"{activity.deadlocks:,}"),
            Fact("commits", f"{activity.commits:,}"),
            Fact("counted for at most", days(counted)),
        ),
    )


RULE = Rule("deadlocks", "transactions that wait for each other", find)
