"""Read replicas: whether reads are served by copies of the database.

## What it decides
Whether some reads go to streaming replicas of the main database. (A standby that takes over on failure is another
matter, and always worth having.)

## Why it matters
A replica is late by milliseconds to seconds: a person who posts and reloads may not see the post. It multiplies read
capacity, and nothing else; it comes after indexes and caches, and before sharding.

## Example
800 reads/s that cost 0.7 core: one server is busy with a few percent of itself. 12 cores of reads: a replica.

## Alternatives
- `none`: one server answers everything, freshly.
- `replicas`: lists that may be late are read from copies.

## When it is wrong
When readers on another continent need nearness more than freshness.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.design.model import Design

QUESTION = Question(
    slug="read-replicas",
    title="Read replicas",
    asks="Are reads served by copies of the database?",
    answers={"none": "one server answers everything", "replicas": "late-tolerant lists are read from replicas"},
    files={"none": ("app/core/database.py",), "replicas": ("app/core/database.py", "app/core/settings.py")},
)


def decide_read_replicas(design: Design) -> Draft:
    """Return one server until reads alone would keep half of a common one busy."""
    capacity, limit = estimate_capacity(design), thresholds.REPLICA_CORES
    cores = capacity.database_read_cores
    total = design.load.reads + design.load.writes or 1
    return Draft(
        answer="replicas" if cores >= limit.value else "none",
        because=(
            DecisionFact(
                limit.name,
                cores,
                "cores",
                f"{design.load.reads:,.0f} reads/s keep {quantity(cores, 'cores')} of the database busy; a replica is "
                f"worth its lag from {limit.value:.0f}.",
            ),
            DecisionFact(
                "share of reads",
                100 * design.load.reads / total,
                "%",
                f"{quantity(100 * design.load.reads / total, '%')} of the requests are reads, which a copy could take.",
            ),
        ),
        verdicts={
            "none": f"{quantity(cores, 'cores')} of reads leave too little of one server for "
            f"{design.load.writes:,.0f} writes/s, vacuum and peaks.",
            "replicas": f"it would take over {quantity(cores, 'cores')}, and readers would see answers that are late.",
        },
        flips_when=(crossing(limit.name, cores, limit, below="none", above="replicas"),),
    )
