"""A session that sits in an open transaction and does nothing.

What it checks: sessions idle in transaction for more than a minute; and, since version 14, whether all sessions
together spent more than a fifth of their time so, and more than an hour.

Why it matters: the transaction holds its locks, and keeps VACUUM from removing any row that died since it began, in
every table.

Example: an application that calls a payment provider between BEGIN and COMMIT.

Instead: do nothing slow inside a transaction; set `idle_in_transaction_session_timeout`.

When it is wrong: somebody works by hand, in psql.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Activity
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_IDLE_SECONDS = 60.0
MIN_IDLE_SHARE, MIN_IDLE_TOTAL_SECONDS = 0.2, 3_600.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield one finding for each application that leaves transactions open."""
    idle: dict[str, list[float]] = {}
    for session in observed.catalog.sessions:
        if session.state.startswith("idle in transaction") and session.seconds_in_state > MIN_IDLE_SECONDS:
            idle.setdefault(session.application or session.user or "unknown", []).append(session.seconds_in_state)
    if not idle:
        yield from _by_counts(observed.catalog.activity, observed.catalog.database)
    for application, times in sorted(idle.items()):
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH,
            sureness=Sureness.CERTAIN,
            subject=application,
            message=f"{len(times)} of the sessions of {application} sit idle in a transaction",
            why="they hold their locks, and VACUUM cannot remove what died since they began",
            fix="commit before anything slow; a timeout ends those that forget",
            sql="ALTER SYSTEM SET idle_in_transaction_session_timeout = '60s';\nSELECT pg_reload_conf();",
            evidence=(Fact("longest", f"{max(times):,.0f} s"),),
        )


def _by_counts(activity: Activity | None, database: str) -> Iterator[Finding]:
    """Yield a finding where nobody sits in a transaction at this moment, but the counts show that it is a habit."""
    if activity is None or not activity.session_seconds or activity.idle_in_transaction_seconds is None:
        return
    share = activity.idle_in_transaction_seconds / activity.session_seconds
    if share < MIN_IDLE_SHARE or activity.idle_in_transaction_seconds < MIN_IDLE_TOTAL_SECONDS:
        return
    yield Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=database,
        message=f"sessions sit idle in a transaction for {share:.0%} of their time",
        why="they hold their locks and a connection meanwhile, and VACUUM cannot remove what died since they began",
        fix="begin a transaction only when everything for it is at hand, and commit before anything slow",
        evidence=(Fact("idle in transaction", f"{activity.idle_in_transaction_seconds:,.0f} s"),),
    )


RULE = Rule("idle-in-transaction", "a session that sits in an open transaction", find)
