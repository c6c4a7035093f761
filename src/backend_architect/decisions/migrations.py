"""Migrations: how the tables change while people use them.

## What it decides
How a change of the schema is written and applied.

## Why it matters
An index built in the plain way holds back every write to its table until it is done, and a statement that waits for a
lock makes all others wait behind it. On a small table nobody notices; on a large one that is an outage.

## Example
On 200 M likes: `SET lock_timeout`, `CREATE INDEX CONCURRENTLY`, constraints added `NOT VALID` and validated later, new
columns filled in batches.

## Alternatives
- `plain-sql`: SQL files, forward only, with a lock timeout.
- `online-sql`: the same, with concurrent indexes, late validation and batches.
- `alembic`: migrations in Python, derived from an ORM's models.

## When it is wrong
When the service may stop for an hour every Sunday, the plain way is simpler at any size.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity, short
from backend_architect.decisions.storage import estimate_storage
from backend_architect.design.model import Design

QUESTION = Question(
    slug="migrations",
    title="Migrations",
    asks="How do tables change while people use them?",
    answers={
        "plain-sql": "forward-only SQL files with a lock timeout",
        "online-sql": "forward-only SQL files that never hold writes back",
        "alembic": "Python migrations from an ORM's models",
    },
    files={"plain-sql": ("migrations/",), "online-sql": ("migrations/",), "alembic": ()},
)
ROWS_A_SECOND = 1_000_000
"""Judgement: an index build reads, sorts and writes about a million rows a second."""


def decide_migrations(design: Design) -> Draft:
    """Return plain SQL files, and the online way once a table is large."""
    limit = thresholds.LARGE_TABLE_ROWS
    table = max(estimate_storage(design), key=lambda t: (t.rows, t.plural), default=None)
    rows, name = (table.rows, table.plural) if table else (0, "no table")
    seconds = rows / ROWS_A_SECOND
    waiting = seconds * design.load.writes
    return Draft(
        answer="online-sql" if rows >= limit.value else "plain-sql",
        because=(
            DecisionFact(
                limit.name,
                rows,
                "rows",
                f"{name} is the largest table, with {short(rows)} rows: a plain index build "
                f"holds its writes back for about {quantity(seconds, 's')}.",
            ),
            DecisionFact(
                "writes",
                design.load.writes,
                "/s",
                f"{design.load.writes:,.0f} writes/s: up to {short(waiting)} of them would wait meanwhile.",
            ),
        ),
        verdicts={
            "plain-sql": f"an index on {name} would hold writes back for {quantity(seconds, 's')}.",
            "online-sql": f"with {short(rows)} rows at most, a plain build takes {quantity(seconds, 's')}; concurrent "
            "builds cannot run in a transaction and may fail halfway.",
            "alembic": "the project has no ORM models to derive migrations from; SQL files are what is run, and read.",
        },
        flips_when=(crossing(limit.name, rows, limit, below="plain-sql", above="online-sql"),),
    )
