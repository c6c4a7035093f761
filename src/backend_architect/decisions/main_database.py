"""Main database: where rows live.

## What it decides
The one database that holds the truth.

## Why it matters
Constraints, transactions, joins and unique pairs are work that somebody has to do. PostgreSQL does it once, in one
place, also for JSON documents; a database without it leaves the work to every line of the application.

## Example
A feed of posts with likes and follows: each row refers to others, and a like is unique per pair. Against it: a store of
forms whose fields every customer invents, where four fields of five are free-form.

## Alternatives
- `postgresql`: tables, constraints, transactions; jsonb where a field is free-form.
- `mongodb`: documents, when nearly everything is free-form.
- `dynamodb`: items by key, when everything else is on AWS and nothing is ever read but by its key.

## When it is wrong
When nobody on the team may run PostgreSQL, not even as a hosted service.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity, short
from backend_architect.decisions.shape import aws_parts, by_key_only, free_form_share, relation_count
from backend_architect.design.model import Design

QUESTION = Question(
    slug="main-database",
    title="Main database",
    asks="Which database holds the truth?",
    answers={"postgresql": "PostgreSQL", "mongodb": "MongoDB", "dynamodb": "DynamoDB"},
    files={
        "postgresql": ("app/core/database.py", "migrations/", "compose.yaml"),
        "mongodb": ("app/core/database.py",),
        "dynamodb": ("app/core/database.py",),
    },
)


def decide_main_database(design: Design) -> Draft:
    """Return PostgreSQL unless nearly all is free-form, or all is on AWS and read by key."""
    share, on_aws = free_form_share(design), aws_parts(design)
    relations, capacity = relation_count(design), estimate_capacity(design)
    free, aws = thresholds.FREE_FORM_SHARE, thresholds.AWS_PARTS
    all_in = on_aws >= aws.value and by_key_only(design)
    document = "mongodb" if share >= free.value else "postgresql"
    return Draft(
        answer="dynamodb" if all_in else document,
        because=(
            DecisionFact(
                "relations",
                relations,
                "relations",
                f"{relations} relations between tables want foreign keys, joins and transactions.",
            ),
            DecisionFact(
                "share of free-form fields", share, "%", f"{quantity(share, '%')} of the stored fields are free-form."
            ),
            DecisionFact(
                "stored bytes",
                capacity.storage_bytes,
                "bytes",
                f"{short(sum(t.rows for t in capacity.tables))} rows take about "
                f"{quantity(capacity.storage_bytes, 'bytes')} with their indexes: one server holds them.",
            ),
            DecisionFact(
                "database cores",
                capacity.database_cores,
                "cores",
                f"{design.load.reads:,.0f} reads/s and {design.load.writes:,.0f} writes/s keep "
                f"{capacity.database_cores:.2f} cores of PostgreSQL busy.",
            ),
        ),
        verdicts={
            "postgresql": f"{quantity(share, '%')} free-form fields leave it few columns to check, join and index."
            if document == "mongodb"
            else "every read is by key and the rest runs on AWS.",
            "mongodb": f"only {quantity(share, '%')} of the fields are free-form, and {relations} relations would be "
            "checked by the application; jsonb holds the free-form ones.",
            "dynamodb": f"{len(design.lists)} lists and {relations} relations are not reads by key."
            if not by_key_only(design)
            else f"{quantity(on_aws, 'parts')} are pinned to AWS: it would bind the design to one vendor.",
        },
        flips_when=(
            crossing(free.name, share, free, below="postgresql", above="mongodb"),
            crossing(
                aws.name,
                on_aws,
                aws,
                below=document,
                above="dynamodb",
                provided="every read is by key (no list, relation or count)",
            ),
        ),
    )
