"""More connections than a server can use.

What it checks: whether more than four fifths of `max_connections` are open; or whether this database has more than a
hundred sessions of which more than four fifths are idle.

Why it matters: each one costs memory and a place in every snapshot; at the limit new ones are refused. A server works
best with a few active sessions for each processor.

Example: 40 application processes with 20 connections each, 780 of them idle.

Instead: a small pool in each process, and PgBouncer in transaction mode in front when there are many processes.

When it is wrong: a short burst.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

NEAR = 0.8
MIN_SESSIONS = 100


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding when the sessions come near the limit, or most of many are idle."""
    sessions = observed.catalog.sessions
    limit = int(observed.catalog.settings.get("max_connections", "100"))
    idle = sum(session.state == "idle" for session in sessions)
    open_now = max(len(sessions), observed.catalog.connections)  # those of other databases count too
    near = open_now > NEAR * limit
    if not near and not (len(sessions) > MIN_SESSIONS and idle > NEAR * len(sessions)):
        return
    yield Finding(
        code=RULE.code,
        severity=Severity.HIGH if near else Severity.MEDIUM,
        sureness=Sureness.CERTAIN,
        subject=observed.catalog.database,
        message=f"{open_now} of {limit} connections are open, {idle} of this database's {len(sessions)} idle",
        why="each costs memory and slows every snapshot; at the limit new ones are refused",
        fix="smaller pools in the application, or PgBouncer in transaction mode in front",
        evidence=(Fact("open", str(open_now)), Fact("idle", str(idle)), Fact("limit", str(limit))),
    )


RULE = Rule("too-many-connections", "more connections than a server can use", find)
