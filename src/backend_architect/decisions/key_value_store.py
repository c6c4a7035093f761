"""Key-value store: whether anything runs beside the main database for short-lived values.

## What it decides
Whether Valkey (or another key-value store) is part of the project at all.

## Why it matters
It is worth running when processes must share short-lived values: rate-limit counters, cached answers. It is never the
only home of something that must not be lost.

## Example
Two processes with limits and a cached list in each of them: nothing to run. Fourteen processes: Valkey.

## Alternatives
- `none`: PostgreSQL and the memory of each process.
- `valkey`: shared counters and cache.
- `dynamodb`: keyed items, for designs that are all on AWS.

## When it is wrong
When the team already runs Valkey for something else, using it costs nothing more.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.cache import decide_cache
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.rate_limits import decide_rate_limits
from backend_architect.design.model import Design

QUESTION = Question(
    slug="key-value-store",
    title="Key-value store",
    asks="Does a store for short-lived values run beside the main database?",
    answers={"none": "none", "valkey": "Valkey", "dynamodb": "DynamoDB"},
    files={"none": (), "valkey": ("compose.yaml", "app/core/settings.py"), "dynamodb": ()},
    pinnable=("valkey", "dynamodb"),
)


def decide_key_value_store(design: Design) -> Draft:
    """Return Valkey where rate limits or the cache need it."""
    limits = design.pin.get("rate-limits") or decide_rate_limits(design).answer
    cache = design.pin.get("cache") or decide_cache(design).answer
    needed = "valkey" in (limits, cache)
    processes, limit = estimate_capacity(design).processes, thresholds.SHARED_STATE_PROCESSES
    return Draft(
        answer="valkey" if needed else "none",
        because=(
            DecisionFact("rate limits", limits, "", f"Rate limits are counted: {limits}."),
            DecisionFact("cache", cache, "", f"Cached answers are kept: {cache}."),
            DecisionFact(
                "API processes",
                processes,
                "processes",
                f"{quantity(processes, 'API processes')} share state, or do not need to.",
            ),
        ),
        verdicts={
            "none": f"rate limits ({limits}) or the cache ({cache}) are shared by {processes} processes.",
            "valkey": f"neither rate limits ({limits}) nor the cache ({cache}) would use it.",
            "dynamodb": "counters and cached answers live for seconds; each access would be a paid network call.",
        },
        flips_when=(crossing(limit.name, processes, limit, below="none", above="valkey"),),
    )
