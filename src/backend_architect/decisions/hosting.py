"""Hosting: a container that runs, or functions that wake up.

## What it decides
What the program is packed into.

## Why it matters
A container holds its pool, its cache and its limits from request to request, costs the same whatever happens, and runs
anywhere. A function costs nothing while it sleeps, starts cold, and opens connections in numbers that a database does
not like.

## Example
860 requests/s keep two processes busy all day: containers. Forty requests a day from a nightly script: a function.

## Alternatives
- `container`: one image, run anywhere.
- `serverless`: functions on demand.

## When it is wrong
When load comes in rare, enormous bursts with nothing between them.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.costs import PEAK_FACTOR
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity, short
from backend_architect.design.model import Design

QUESTION = Question(
    slug="hosting",
    title="Hosting",
    asks="Does the program run all the time, or on demand?",
    answers={"container": "a container that runs all the time", "serverless": "functions on demand"},
    files={"container": ("Dockerfile", "compose.yaml"), "serverless": ()},
)


def decide_hosting(design: Design) -> Draft:
    """Return the container unless it would sleep nearly all day."""
    rate, limit, capacity = (
        design.load.reads + design.load.writes,
        thresholds.SERVERLESS_REQUESTS,
        estimate_capacity(design),
    )
    a_day = rate / PEAK_FACTOR * 86_400
    awake = bool(design.events) or design.has_mail
    return Draft(
        answer="container" if rate >= limit.value or awake else "serverless",
        because=(
            DecisionFact(
                limit.name,
                rate,
                "/s",
                f"{quantity(rate, '/s')} at the busiest hour, about {short(a_day)} requests a "
                f"day, keep {quantity(capacity.server_cores, 'cores')} of the API busy.",
            ),
            DecisionFact(
                "events",
                len(design.events),
                "events",
                "A worker waits for jobs all day." if awake else "No worker has to stay awake.",
            ),
            DecisionFact(
                "connections",
                capacity.connections,
                "connections",
                f"{capacity.connections} connections stay open; functions would open one each.",
            ),
        ),
        verdicts={
            "container": f"about {short(a_day)} requests a day leave it idle nearly all the time.",
            "serverless": f"{short(a_day)} requests a day never let it sleep; it would start cold, and each of them "
            "would need a connection of its own.",
        },
        flips_when=(
            crossing(
                limit.name,
                rate,
                limit,
                below="serverless",
                above="container",
                provided="no event needs a worker" if rate >= limit.value else "",
            ),
        ),
    )
