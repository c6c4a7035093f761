"""Sessions that wait for another one's lock.

What it checks: sessions that wait for a lock now, and who holds it. Where the database was watched (`--watch`) instead:
applications whose locks held others up for two seconds in all or more, and for a hundredth of the time.

Why it matters: what waits holds a connection, and its own locks, so that others queue behind it.

Example: thirty updates of the same counter row; an ALTER TABLE that waits for a report, and everybody behind it.

Instead: short transactions; hot rows split, or written in batches; `lock_timeout` before every DDL statement.

When it is wrong: a wait of some milliseconds, seen by chance: look whether it comes again, or watch for a while.
"""

from collections import Counter
from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.waiting import Waits, held_up

SHOWN = 120
UNNAMED = "a session without a name"


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each application that held others up while it was watched; unwatched, for who does now."""
    samples = observed.workload.samples if observed.workload else None
    if samples is None or not samples.taken:
        yield from _now(observed)
        return
    for application, waits in held_up(samples, observed.catalog).items():
        yield _watched(application or UNNAMED, waits)


def _watched(application: str, waits: Waits) -> Finding:
    idle = waits.blocked[0].holder_state.startswith("idle in transaction")
    shorter = "commit before anything slow: its session sat idle in the transaction" if idle else "make it shorter"
    return Finding(
        code=RULE.code,
        severity=waits.severity,
        sureness=Sureness.CERTAIN,
        subject=application,
        message=f"sessions waited for {waits.seconds:,.0f} s in all for locks that {application} held",
        why="each of them holds a connection, and what it has locked itself",
        fix=f"{shorter}; lock what others need last, and set lock_timeout before DDL",
        evidence=waits.facts,
    )


def _now(observed: Observed) -> Iterator[Finding]:
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
