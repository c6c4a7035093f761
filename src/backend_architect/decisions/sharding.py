"""Sharding: whether one server's writes and disk are still enough.

## What it decides
Whether tables are spread over several servers (Citus).

## Why it matters
A sharded table gives up unique constraints, foreign keys and transactions across shards, and every query needs the
shard's key. It is the last step: after indexes, caches, replicas, a larger server and old rows moved out.

## Example
200 M likes take tens of gigabytes: one server. 30 TB, or 30,000 writes/s: shards by user.

## Alternatives
- `none`: one primary.
- `citus`: PostgreSQL spread over several servers by a key.

## When it is wrong
When law requires that each country's rows stay in that country.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import short, size
from backend_architect.design.model import Design

QUESTION = Question(
    slug="sharding",
    title="Sharding",
    asks="Are tables spread over several servers?",
    answers={"none": "one primary", "citus": "tables spread by a key with Citus"},
    files={"none": ("migrations/",), "citus": ("migrations/", "compose.yaml")},
)


def decide_sharding(design: Design) -> Draft:
    """Return one primary until its disk or its writes are exhausted."""
    capacity, writes = estimate_capacity(design), design.load.writes
    held, disk, rate = capacity.storage_bytes, thresholds.SHARD_BYTES, thresholds.SHARD_WRITES
    largest = capacity.tables[0] if capacity.tables else None
    return Draft(
        answer="citus" if held >= disk.value or writes >= rate.value else "none",
        because=(
            DecisionFact(
                disk.name,
                held,
                "bytes",
                f"The declared rows take about {size(held)} with indexes; one server holds "
                f"{size(disk.value)} with comfort.",
            ),
            DecisionFact(
                "largest table",
                largest.plural if largest else "none",
                "",
                f"The largest is {largest.plural}: {short(largest.rows)} rows, {size(largest.bytes)}."
                if largest
                else "There is no table.",
            ),
            DecisionFact(
                rate.name, writes, "/s", f"{writes:,.0f} writes/s, of about {rate.value:,.0f}/s that one server takes."
            ),
        ),
        verdicts={
            "none": f"{size(held)} and {writes:,.0f} writes/s are more than one server restores and writes in time.",
            "citus": f"{size(held)} and {writes:,.0f} writes/s fit one server, with its constraints and transactions.",
        },
        flips_when=(
            crossing(disk.name, held, disk, below="none", above="citus"),
            crossing(rate.name, writes, rate, below="none", above="citus"),
        ),
    )
