"""Document store: where free-form documents live.

## What it decides
Whether fields of type `json` need a store of their own.

## Why it matters
A second database is a second backup, a second failure and no transaction across the two. jsonb keeps a document in
the same row, the same transaction and the same backup, and can be indexed.

## Example
An order with a free-form `metadata` field: a jsonb column. Ten terabytes of imported documents: a store of their own.

## Alternatives
- `none`: no field is free-form.
- `jsonb`: a column of the main database.
- `mongodb`: a document database beside the main one.

## When it is wrong
When documents are changed in many small places at once: jsonb rewrites the whole document each time.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, FlipsWhen, Question, crossing
from backend_architect.decisions.figures import quantity, size
from backend_architect.decisions.shape import free_form_fields
from backend_architect.decisions.storage import json_bytes
from backend_architect.design.model import Design

QUESTION = Question(
    slug="document-store",
    title="Document store",
    asks="Where do free-form documents live?",
    answers={"none": "no free-form documents", "jsonb": "jsonb columns", "mongodb": "MongoDB beside the main database"},
    files={"none": (), "jsonb": ("migrations/", "app/*/schemas.py"), "mongodb": ("app/documents.py",)},
    pinnable=("jsonb", "mongodb"),
)


def decide_document_store(design: Design) -> Draft:
    """Return jsonb for free-form fields until the documents outgrow the database they live in."""
    names, held = free_form_fields(design), json_bytes(design)
    limit = thresholds.DOCUMENT_BYTES
    stored = "mongodb" if held >= limit.value else "jsonb"
    listed = ", ".join(names) or "none"
    return Draft(
        answer=stored if names else "none",
        because=(
            DecisionFact(
                "free-form fields", len(names), "fields", f"{quantity(len(names), 'free-form fields')}: {listed}."
            ),
            DecisionFact("stored documents", held, "bytes", f"Together they hold about {size(held)}."),
        ),
        verdicts={
            "none": f"{quantity(len(names), 'fields')} are free-form: {listed}.",
            "jsonb": f"{size(held)} of documents would set the backup and restore time of every other table."
            if names
            else "there is nothing to store in it.",
            "mongodb": f"{size(held)} of documents do not repay a second database and the loss of common transactions.",
        },
        flips_when=_flips(len(names), held, stored),
    )


def _flips(fields: int, held: float, stored: str) -> tuple[FlipsWhen, ...]:
    some, many = thresholds.JSON_FIELDS, thresholds.DOCUMENT_BYTES
    exists = crossing(some.name, fields, some, below="none", above=stored)
    if not fields:
        return (exists,)
    return (crossing(many.name, held, many, below="jsonb", above="mongodb"), exists)
