"""Architecture: one deployable program, or services of their own.

## What it decides
Whether a part is taken out of the program and run, deployed and kept apart.

## Why it matters
A call inside the program cannot be lost, late or answered twice, and shares the transaction. A service is worth that
loss when a team of its own keeps it, and when its tables have no relation to the others: a clear boundary.

## Example
Posts, comments, likes and follows refer to each other: one program, as many copies of it as the load needs.

## Alternatives
- `monolith`: one program in folders by resource, copied for load.
- `extract`: an independent group of tables becomes a service.

## When it is wrong
When one part needs other hardware, another language or another level of secrecy, size does not matter.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.shape import independent_groups, relation_count
from backend_architect.design.model import Design

QUESTION = Question(
    slug="architecture",
    title="Architecture",
    asks="One program, or services?",
    answers={"monolith": "one program in folders by resource", "extract": "a group of tables as a service of its own"},
    files={"monolith": ("app/main.py", "app/*/"), "extract": ()},
)


def decide_architecture(design: Design) -> Draft:
    """Return the monolith until there are more tables than a team keeps, and a group of them stands alone."""
    entities, groups = len(design.entities), independent_groups(design)
    capacity, limit = estimate_capacity(design), thresholds.SERVICE_ENTITIES
    return Draft(
        answer="extract" if entities >= limit.value and groups >= 2 else "monolith",
        because=(
            DecisionFact(
                "entities",
                entities,
                "entities",
                f"{entities} entities and {len(design.edges)} edges; one team keeps about {limit.value:.0f}.",
            ),
            DecisionFact(
                "independent groups",
                groups,
                "groups",
                f"{relation_count(design)} relations tie the tables into {quantity(groups, 'groups')}"
                + ("; none could leave without cutting relations." if groups < 2 else "."),
            ),
            DecisionFact(
                "API processes",
                capacity.processes,
                "processes",
                f"The load needs {capacity.processes} copies of one program, which share nothing but the database.",
            ),
        ),
        verdicts={
            "extract": f"with {entities} entities in {quantity(groups, 'groups')}, a service would make joins "
            "network calls and "
            "transactions into compensation.",
            "monolith": f"{entities} entities in {groups} groups without a relation to each other are two teams' work.",
        },
        flips_when=(
            crossing(
                limit.name,
                entities,
                limit,
                below="monolith",
                above="extract",
                provided="two groups of tables have no relation to each other",
            ),
        ),
    )
