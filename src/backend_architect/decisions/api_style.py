"""API style: REST resources, or one GraphQL endpoint.

## What it decides
Whether clients call named resources and named lists (REST), or compose their own nested queries (GraphQL).

## Why it matters
A named list is one planned statement with its own index and its own bound. A query that a client composes is known
only when it arrives: its depth, its cost and its permissions have to be limited while it runs. GraphQL repays that when
many different clients need many different nested shapes that nobody can name beforehand.

## Example
Two kinds of client and 4 paths of two relations (comment → post → author) make 8 nested shapes: the nested author
comes with the post in the same statement, and REST is enough. Three kinds of client over 25 such paths make 75.

## Alternatives
- `rest`: resources, named lists, nested short fields in one statement.
- `graphql`: one endpoint, queries composed by clients, limits on depth and cost.

## When it is wrong
When a single screen has to combine data in ways that change every week, GraphQL earns its cost earlier; when all
clients are written by the team that writes the server, later.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.shape import nested_paths
from backend_architect.design.model import Design

QUESTION = Question(
    slug="api-style",
    title="API style",
    asks="Do clients call named resources, or compose their own queries?",
    answers={"rest": "REST resources and named lists", "graphql": "one GraphQL endpoint"},
    files={"rest": ("app/*/routes.py", "openapi.json"), "graphql": ("app/graphql/",)},
)


def client_paths(design: Design) -> int:
    """Return kinds of client x paths of two relations: the nested shapes that clients may come to ask for."""
    return len(design.clients) * nested_paths(design)


def decide_api_style(design: Design) -> Draft:
    """Return REST unless many kinds of client meet many nested paths."""
    shapes, limit = client_paths(design), thresholds.CLIENT_PATHS
    paths, clients = nested_paths(design), ", ".join(design.clients)
    return Draft(
        answer="graphql" if shapes >= limit.value else "rest",
        because=(
            DecisionFact(
                "nested shapes",
                shapes,
                "paths",
                f"{len(design.clients)} kinds of client ({clients}) x {paths} paths of two relations = {shapes} nested "
                f"shapes, against {limit.value:.0f} at which composing pays.",
            ),
            DecisionFact(
                "cost of the same feed",
                3.9,
                "times",
                "The same feed cost 3,305 µs through GraphQL with its caches on and 837 µs through REST (measured).",
            ),
            DecisionFact(
                "named lists",
                len(design.lists),
                "lists",
                f"{len(design.lists)} named lists cover what is read in pages, each one planned statement.",
            ),
        ),
        verdicts={
            "graphql": f"{shapes} nested shapes for {design.load.reads:,.0f} reads/s do not repay about four times the "
            "server time a read, and query cost limits to keep.",
            "rest": f"{shapes} nested shapes would need as many named lists, most of them used by one screen.",
        },
        flips_when=(crossing(limit.name, shapes, limit, below="rest", above="graphql"),),
    )
