"""Versioning: the version in the path, or in a header.

## What it decides
How a client says which version of the contract it was written for.

## Why it matters
A contract that cannot change stops the product; one that changes under its clients breaks them. A version in the path
is seen in every log line and every cache key, and can be routed by any proxy.

## Example
`GET /v1/posts/{post_id}`. Additions stay in `/v1`; a removal or a change of meaning makes `/v2`, served beside it.

## Alternatives
- `path`: `/v1/…`, all routes move together.
- `header`: a dated version in a header (as Stripe does), each route moves alone.

## When it is wrong
When hundreds of routes are used by companies that one cannot reach, moving all of them at once is too much to ask.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.shape import route_count
from backend_architect.design.model import Design

QUESTION = Question(
    slug="versioning",
    title="Versioning",
    asks="Where does a client say which version of the API it speaks?",
    answers={"path": "the version in the path: /v1/…", "header": "a dated version in a header"},
    files={"path": ("app/main.py", "openapi.json"), "header": ("app/core/middleware.py",)},
)


def decide_versioning(design: Design) -> Draft:
    """Return the path unless there are too many routes to move together."""
    routes, limit = route_count(design), thresholds.VERSIONED_ROUTES
    return Draft(
        answer="header" if routes >= limit.value else "path",
        because=(
            DecisionFact(
                "routes",
                routes,
                "routes",
                f"{routes} routes share one version; moving them together stays reasonable up to {limit.value:.0f}.",
            ),
            DecisionFact(
                "kinds of client",
                len(design.clients),
                "kinds",
                f"A path is visible to {', '.join(design.clients)}, to proxies, to caches and in every log line.",
            ),
        ),
        verdicts={
            "header": f"for {routes} routes it adds a translation between versions to every route, and hides the "
            "version from logs and caches.",
            "path": f"a breaking change to one of {routes} routes would make every client move all of them.",
        },
        flips_when=(crossing(limit.name, routes, limit, below="path", above="header"),),
    )
