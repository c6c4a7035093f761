"""Error format: one shape for every error.

## What it decides
What a client receives when something is wrong.

## Why it matters
A client writes its error handling once. RFC 9457 gives each kind of error a stable type, says what is wrong with which
field, and is understood by generated clients; a request id leads from the message to the log line.

## Example
`{"type": "…/errors/invalid-input", "title": "Invalid input", "status": 422, "errors": [{"field": "body", …}]}`

## Alternatives
- `problem-details`: RFC 9457, `application/problem+json`.
- `graphql-errors`: the `errors` list of the GraphQL specification; only with GraphQL.
- `own-json`: a shape that exists here alone.

## When it is wrong
When existing clients already read another shape and cannot be changed.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.api_style import client_paths
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.shape import route_count
from backend_architect.design.model import Design

QUESTION = Question(
    slug="error-format",
    title="Error format",
    asks="What does a client receive when something is wrong?",
    answers={
        "problem-details": "RFC 9457 problem details",
        "graphql-errors": "the errors list of GraphQL",
        "own-json": "a shape of its own",
    },
    files={"problem-details": ("app/core/errors.py",), "graphql-errors": ("app/graphql/errors.py",), "own-json": ()},
)


def decide_error_format(design: Design) -> Draft:
    """Return problem details, or GraphQL's own list where the API is GraphQL."""
    shapes, limit, routes = client_paths(design), thresholds.CLIENT_PATHS, route_count(design)
    style = design.pin.get("api-style") or ("graphql" if shapes >= limit.value else "rest")
    return Draft(
        answer="graphql-errors" if style == "graphql" else "problem-details",
        because=(
            DecisionFact("API style", style, "", f"The API is {style}."),
            DecisionFact(
                "routes",
                routes,
                "routes",
                f"One shape for {routes} routes is one error handler in {' and '.join(design.clients)} clients.",
            ),
        ),
        verdicts={
            "problem-details": "a GraphQL client looks for errors in the answer's `errors` list only.",
            "graphql-errors": f"the {routes} routes are not GraphQL.",
            "own-json": f"each of {len(design.clients)} kinds of client would have to learn it; RFC 9457 is known.",
        },
        flips_when=(
            crossing(
                limit.name,
                shapes,
                limit,
                below="problem-details",
                above="graphql-errors",
                provided="api-style is not pinned" if "api-style" in design.pin else "",
            ),
        ),
    )
