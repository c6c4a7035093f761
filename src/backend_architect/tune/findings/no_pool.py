"""Connections that are opened for a moment.

What it checks: on version 14 and later, databases in which at least ten thousand sessions began since the statistics
were reset, one a second or more, that lasted less than ten seconds on average.

Why it matters: each session is a process of its own: to start it, to sign in (with TLS and a password hash) and to
read what it needs of the catalog takes milliseconds, often longer than the statements it is opened for.

Example: a web application that connects at each request: 40 sessions a second of 60 ms.

Instead: a pool that keeps connections open in each process of the application; PgBouncer in transaction mode in front
where there are many short processes (PHP, functions as a service).

When it is wrong: a monitoring script that connects every second is not what makes a database slow.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_SESSIONS = 10_000
MIN_SESSIONS_PER_SECOND = 1.0
MANY_EACH_SECOND = 10.0
MAX_SESSION_SECONDS = 10.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding when sessions come and go."""
    activity, counted = observed.catalog.activity, observed.catalog.counted_at_most
    if activity is None or not activity.sessions or activity.session_seconds is None or not counted:
        return
    rate = activity.sessions / counted
    lasted = activity.session_seconds / activity.sessions
    if activity.sessions < MIN_SESSIONS or rate < MIN_SESSIONS_PER_SECOND or lasted > MAX_SESSION_SECONDS:
        return
    yield Finding(
        code=RULE.code,
        severity=Severity.HIGH if rate > MANY_EACH_SECOND else Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=observed.catalog.database,
        message=f"{rate:,.1f} connections a second are opened, for {lasted:,.2f} s each",
        why="each is a new process that signs in and reads the catalog before its first statement",
        fix="keep connections open in a pool, or put PgBouncer in transaction mode in front",
        evidence=(
            Fact("sessions", f"{activity.sessions:,}"),
            Fact("transactions a session", f"{activity.commits / activity.sessions:,.1f}"),
            Fact("counted for at most", days(counted)),
        ),
    )


RULE = Rule("no-pool", "connections that are opened for a moment", find)
