"""Request dispatch: what stands between the server and a route's function.

## What it decides
Whether FastAPI resolves and validates each request, or handlers of the project's own on Starlette do.

## Why it matters
FastAPI resolves dependencies and validates anew for each request, which costs more processor time than a route that
runs one statement. Answered past it, the same routes took 250 µs less. But a second way to answer is code that the team
owns, and what FastAPI gives (dependencies, overrides in tests, the OpenAPI document) has to be kept in step by hand.

## Example
860 requests/s x 250 µs = 0.2 processors: less than half a process. At 16,000 requests/s it fills eight.

## Alternatives
- `fastapi`: FastAPI's own, as its documentation shows it.
- `starlette`: a handler of a few lines for each busy route, on Starlette's `Route`, beside FastAPI for the others.

## When it is wrong
When one route takes nearly all of the load: it alone may be worth a handler of its own.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.costs import BUSY_SHARE, FASTAPI_US, OperationKind
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.workload import spread_load
from backend_architect.design.model import Design

QUESTION = Question(
    slug="request-dispatch",
    title="Request dispatch",
    asks="What calls a route's function?",
    answers={"fastapi": "FastAPI, as documented", "starlette": "handlers on Starlette alone for the busy routes"},
    files={"fastapi": ("app/main.py", "app/*/routes.py"), "starlette": ()},
)


def decide_request_dispatch(design: Design) -> Draft:
    """Return FastAPI, until what it costs fills more processes than a second way to answer is worth."""
    limit = thresholds.DISPATCH_PROCESSES
    rate = sum(operation.rate for operation in spread_load(design) if operation.kind is not OperationKind.JOB)
    cores = rate * FASTAPI_US / 1e6
    filled = cores / BUSY_SHARE
    all_processes = quantity(estimate_capacity(design).processes, "processes")
    calculation = f"{quantity(rate, 'requests/s')} x {FASTAPI_US:.0f} µs = {quantity(cores, 'processors')}"
    return Draft(
        answer="starlette" if filled >= limit.value else "fastapi",
        because=(
            DecisionFact("requests", rate, "/s", f"{calculation} go into FastAPI's own work at the busiest hour."),
            DecisionFact(
                limit.name,
                filled,
                "processes",
                f"At half of a processor each, that fills {quantity(filled, 'processes')} of {all_processes}.",
            ),
        ),
        verdicts={
            "fastapi": f"{quantity(filled, 'processes')} run for its own work alone.",
            "starlette": f"it would save {quantity(filled, 'processes')}, but be a second way to answer, to own.",
        },
        flips_when=(crossing(limit.name, filled, limit, below="fastapi", above="starlette"),),
    )
