"""Identifiers: what names a row.

## What it decides
The type of every primary key.

## Why it matters
Ids are in URLs: numbers in sequence tell a competitor how many orders there were and let a stranger walk through them.
Random UUIDs hide that but scatter an index over the disk. UUIDv7 begins with the time: new rows land side by side, and
any process may make one. It does tell when a row was made.

## Example
`019a3c1e-8f5c-7c2a-b1f0-6a5d2e9c4b11`, made by PostgreSQL 18's own `uuidv7()`.

## Alternatives
- `uuidv7`: 16 bytes, ordered by time.
- `uuidv4`: 16 bytes, random.
- `bigint`: 8 bytes, in sequence.

## When it is wrong
When the moment at which a row was made is itself a secret: use uuidv4 for that table.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import short, size
from backend_architect.decisions.storage import id_copies
from backend_architect.design.model import Design

QUESTION = Question(
    slug="identifiers",
    title="Identifiers",
    asks="What names a row?",
    answers={"uuidv7": "UUIDv7, ordered by time", "uuidv4": "random UUIDs", "bigint": "8-byte numbers in sequence"},
    files={"uuidv7": ("migrations/",), "uuidv4": ("migrations/",), "bigint": ("migrations/",)},
)


def extra_id_bytes(design: Design) -> float:
    """Return the bytes that 16-byte ids take over 8-byte ones, in every copy in rows and indexes."""
    return float(sum(8 * design.declared_rows(r.plural) * id_copies(r) for r in design.rows_by_plural.values()))


def decide_identifiers(design: Design) -> Draft:
    """Return UUIDv7 until its eight further bytes a copy are a server's worth."""
    extra, limit = extra_id_bytes(design), thresholds.UUID_EXTRA_BYTES
    rows = sum(design.declared_rows(plural) for plural in design.rows_by_plural)
    return Draft(
        answer="bigint" if extra >= limit.value else "uuidv7",
        because=(
            DecisionFact(
                limit.name,
                extra,
                "bytes",
                f"{short(rows)} rows with their references and indexes hold {size(extra)} more than with 8-byte ids.",
            ),
            DecisionFact(
                "new rows",
                design.load.writes,
                "/s",
                f"{design.load.writes:,.0f} writes/s go to the end of each index, where the pages are in memory.",
            ),
        ),
        verdicts={
            "uuidv7": f"its ids would take {size(extra)} more than numbers in sequence.",
            "uuidv4": f"{design.load.writes:,.0f} writes/s land on random pages of indexes of {short(rows)} rows.",
            "bigint": f"it would save {size(extra)}, tell the number of rows to everybody, and let ids be guessed.",
        },
        flips_when=(crossing(limit.name, extra, limit, below="uuidv7", above="bigint"),),
    )
