"""A session that sits in an open transaction and does nothing.

What it checks: sessions idle in transaction for more than a minute.

Why it matters: the transaction holds its locks, and keeps VACUUM from removing any row that died since it began, in
every table.

Example: an application that calls a payment provider between BEGIN and COMMIT.

Instead: do nothing slow inside a transaction; set `idle_in_transaction_session_timeout`.

When it is wrong: somebody works by hand, in a psql.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

LONG = 60.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield one finding for each application that leaves transactions open."""
    idle: dict[str, list[float]] = {}
    for session in observed.catalog.sessions:
        if session.state.startswith("idle in transaction") and session.seconds_in_state > LONG:
            idle.setdefault(session.application or session.user or "unknown", []).append(session.seconds_in_state)
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


RULE = Rule("idle-in-transaction", "a session that sits in an open transaction", find)
