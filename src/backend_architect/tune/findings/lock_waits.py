"""Sessions that wait for another one's lock.

What it checks: sessions that wait for a lock now, and who holds it.

Why it matters: what waits holds a connection, and its own locks, so that others queue behind it.

Example: thirty updates of the same counter row; an ALTER TABLE that waits for a report, and everybody behind it.

Instead: short transactions; hot rows split, or written in batches; `lock_timeout` before every DDL statement.

When it is wrong: a wait of a few milliseconds, seen by chance: see whether it comes again.
"""

from collections import Counter
from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

SHOWN = 120


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each session that others wait for, and that waits for nobody itself."""
    sessions = {session.pid: session for session in observed.catalog.sessions}
    waiting: Counter[int] = Counter(pid for session in sessions.values() for pid in set(session.waits_for))
    for pid, number in waiting.most_common():
        holder = sessions.get(pid)
        if holder is None or holder.waits_for:
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH if number > 2 or holder.seconds_in_transaction > 10 else Severity.MEDIUM,
            sureness=Sureness.CERTAIN,
            subject=holder.application or holder.user or str(pid),
            message=f"{number} sessions wait for a lock of process {pid} ({holder.state or 'active'})",
            why="each of them holds a connection, and what it has locked itself",
            fix=f"shorten that transaction; to end it now: SELECT pg_terminate_backend({pid})",
            evidence=(
                Fact("its transaction", f"{holder.seconds_in_transaction:,.0f} s"),
                Fact("its statement", " ".join(holder.query.split())[:SHOWN]),
            ),
        )


RULE = Rule("lock-waits", "sessions that wait for another one's lock", find)
