"""Read coalescing: whether the same read of several requests becomes one statement.

## What it decides
Whether reads of one kind that meet in one turn of a process's event loop are sent together: at most sixteen in one
statement, which runs the read once for each of them, with its own values and the viewer among them.

## Why it matters
Much of what a small read costs is not the read: a connection is taken and given back, a statement is sent, PostgreSQL
wakes up. Reads that meet share that. They meet where a process is busy, just when it helps.

## Example
800 reads/s x 588 µs fill one process that is half busy, and few meet. At 6,803 reads/s they fill eight.

## Alternatives
- `none`: each read is a statement of its own.
- `coalesced`: reads that meet share a statement, in about a hundred lines of `app/core/coalescing.py`.

## When it is wrong
When one caller's read is often much dearer than another's: they wait for each other, a second at most.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.costs import BUSY_SHARE, OperationKind
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.workload import spread_load
from backend_architect.design.model import Design

QUESTION = Question(
    slug="read-coalescing",
    title="Read coalescing",
    asks="Do reads that meet in a process share a statement?",
    answers={"none": "each is a statement of its own", "coalesced": "up to sixteen are one statement"},
    files={"none": ("app/core/database.py",), "coalesced": ("app/core/coalescing.py", "app/main.py")},
)
READS = frozenset({OperationKind.READ_ONE, OperationKind.LIST, OperationKind.FEED, OperationKind.RANKED})


def decide_read_coalescing(design: Design) -> Draft:
    """Return one statement a read, until the reads fill more processes than a second way to run them is worth."""
    limit = thresholds.COALESCING_PROCESSES
    reads = [op for op in spread_load(design) if op.kind in READS and op.cache_seconds is None]
    rate = sum(op.rate for op in reads)
    filled = sum(op.rate * op.server_us for op in reads) / 1e6 / BUSY_SHARE
    return Draft(
        answer="coalesced" if filled >= limit.value else "none",
        because=(
            DecisionFact(
                "reads", rate, "/s", f"{quantity(rate, 'reads/s')} could share statements at the busiest hour."
            ),
            DecisionFact(
                limit.name, filled, "processes", f"Half busy each, {quantity(filled, 'processes')} answer these reads."
            ),
        ),
        verdicts={
            "none": f"{quantity(filled, 'processes')} answer reads, in part by work that they could share.",
            "coalesced": f"it would save some of {quantity(filled, 'processes')}, and be code to own.",
        },
        flips_when=(crossing(limit.name, filled, limit, below="none", above="coalesced"),),
    )
