"""Pagination: how a long list is read in pages.

## What it decides
How a client asks for the next page.

## Why it matters
OFFSET reads and throws away every row before the page: page 1,000 costs a thousand pages, and rows that appear
meanwhile shift everything. A keyset cursor starts behind the last row seen: each page costs the same.

## Example
`GET /v1/posts?after=<cursor>&limit=20` becomes `WHERE (created_at, id) < ($1, $2) ORDER BY … LIMIT 20` on its own
index. The page size is bounded to 1 to 100, and no total is counted.

## Alternatives
- `keyset`: an opaque cursor.
- `offset`: page numbers.
- `none`: the design has no lists.

## When it is wrong
When people must jump to page 37 of a small table, as in some back offices.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity, short
from backend_architect.design.model import Design

QUESTION = Question(
    slug="pagination",
    title="Pagination",
    asks="How is a long list read in pages?",
    answers={"keyset": "opaque keyset cursors", "offset": "page numbers", "none": "there are no lists"},
    files={"keyset": ("app/core/pagination.py", "app/*/queries.py"), "offset": (), "none": ()},
    pinnable=("keyset", "offset"),
)
MAX_PAGE, DEFAULT_PAGE = 100, 20


def decide_pagination(design: Design) -> Draft:
    """Return keyset cursors wherever there is a list."""
    lists, limit = len(design.lists), thresholds.LISTS
    plurals = {design.entities[s.of].plural for s in design.lists}
    largest = max(plurals, key=lambda p: (design.declared_rows(p), p), default="")
    rows = design.declared_rows(largest) if largest else 0
    return Draft(
        answer="keyset" if lists >= limit.value else "none",
        because=(
            DecisionFact(
                "lists", lists, "lists", f"{quantity(lists, 'named lists')} are read in pages of 1 to {MAX_PAGE}."
            ),
            DecisionFact(
                "rows of the longest list",
                rows,
                "rows",
                f"{largest} has {short(rows)} rows: OFFSET to its middle would read {short(rows / 2)} of them."
                if largest
                else "No table is listed.",
            ),
        ),
        verdicts={
            "keyset": "there is no list to page.",
            "offset": f"a page in the middle of {largest} would read {short(rows / 2)} rows, and new rows shift it."
            if largest
            else "there is no list to page.",
            "none": f"{quantity(lists, 'lists')} over up to {short(rows)} rows would be answered whole.",
        },
        flips_when=(crossing(limit.name, lists, limit, below="none", above="keyset"),),
        settings={"default_page": DEFAULT_PAGE, "max_page": MAX_PAGE},
    )
