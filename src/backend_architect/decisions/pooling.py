"""Pooling: how many connections to the database, and who shares them.

## What it decides
The size of each process's pool, and whether a pooler stands between the processes and the database.

## Why it matters
Opening a connection costs more than most queries; too many open ones cost the database memory and switches. By
Little's law the connections in use are the requests a second x the time one holds a connection.

## Example
860 requests/s that hold a connection for 1 ms use 0.9 connections on average; three times that for bursts, at least 5.

## Alternatives
- `in-process`: a pool in each process.
- `pgbouncer`: PgBouncer (1.21 or later, for prepared statements) between many processes and the database.
  You run it; the project is built to fit it, and refuses to start where it would lose statements.

## When it is wrong
When requests hold a transaction open while they call another service: the time held, not the load, sets the size.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.design.model import Design

QUESTION = Question(
    slug="pooling",
    title="Pooling",
    asks="How many connections, and who shares them?",
    answers={"in-process": "a pool in each process", "pgbouncer": "PgBouncer in front of the database"},
    files={
        "in-process": ("app/core/database.py", "app/core/settings.py"),
        "pgbouncer": ("app/core/pooler.py", "app/core/settings.py", ".env.example"),
    },
)


def decide_pooling(design: Design) -> Draft:
    """Return a pool in each process, sized by Little's law, until together they are too many."""
    capacity, limit = estimate_capacity(design), thresholds.POOLED_CONNECTIONS
    rate, busy = capacity.statements, capacity.busy_connections
    held_ms = 1000 * busy / rate if rate else 0.0
    together = (
        f"{quantity(capacity.processes, 'processes')} x {capacity.pool_size} = {capacity.connections} connections"
    )
    return Draft(
        answer="pgbouncer" if capacity.connections >= limit.value else "in-process",
        because=(
            DecisionFact(
                "connections in use",
                busy,
                "connections",
                f"{quantity(rate, 'statements/s')} x {held_ms:.2f} ms held = {quantity(busy, 'connections')} in use "
                "on average (Little's law).",
            ),
            DecisionFact(
                "pool size",
                capacity.pool_size,
                "connections",
                f"Three times the average of a process for bursts, and at least 5: {capacity.pool_size} a process.",
            ),
            DecisionFact(
                limit.name,
                capacity.connections,
                "connections",
                f"{together}, of 100 that PostgreSQL allows by default."
                if capacity.connections < 100
                else f"{together}: raise max_connections above 100.",
            ),
        ),
        verdicts={
            "in-process": f"{together} are more than the database should keep open.",
            "pgbouncer": f"{together}: a pooler would add a hop to each statement and save nothing.",
        },
        flips_when=(crossing(limit.name, capacity.connections, limit, below="in-process", above="pgbouncer"),),
        settings={"pool_size": capacity.pool_size, "processes": capacity.processes},
    )
