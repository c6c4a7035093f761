"""Cache: where answers that may be stale are kept.

## What it decides
Whether cached answers live in each process or in Valkey, or whether nothing is cached.

## Why it matters
A cache repays what is expensive and asked often; everything else only gains a way to be wrong. Only lists that the
design marks with `cache:` may be stale. In the process the answer costs nothing to fetch, but every process computes
its own.

## Example
`trending` with `cache: 60s`: two processes compute it twice a minute in place of some thousand times.

## Alternatives
- `none`: every answer is fresh.
- `in-process`: each process keeps its own, bounded.
- `valkey`: computed once for all processes.

## When it is wrong
When two answers in a row must agree, whichever process gives them.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import Capacity, estimate_capacity, refill_cores
from backend_architect.decisions.decision import DecisionFact, Draft, FlipsWhen, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.workload import spread_load
from backend_architect.design.model import Design

QUESTION = Question(
    slug="cache",
    title="Cache",
    asks="Where are answers kept that may be stale?",
    answers={"none": "no cache", "in-process": "a bounded cache in each process", "valkey": "a cache in Valkey"},
    files={
        "none": (),
        "in-process": ("app/core/cache.py",),
        "valkey": ("app/core/cache.py", "compose.yaml", "app/core/settings.py"),
    },
)


def decide_cache(design: Design) -> Draft:
    """Return the process's memory for lists that may be stale, until filling every process's costs too much."""
    cached = tuple(spec for spec in design.lists if spec.cache_seconds is not None)
    cores, capacity, limit = refill_cores(design), estimate_capacity(design), thresholds.REFILL_CORES
    place = "valkey" if cores >= limit.value else "in-process"
    named = ", ".join(f"{s.name} {s.cache_seconds} s" for s in cached) or "none"
    return Draft(
        answer=place if cached else "none",
        because=(
            DecisionFact("lists that may be stale", len(cached), "lists", f"Lists with `cache:`: {named}."),
            _saved(design),
            DecisionFact(
                "refill work",
                cores,
                "cores",
                f"Filling the caches of {quantity(capacity.processes, 'processes')} takes "
                f"{quantity(cores, 'cores')} of database.",
            ),
            *_refill_time(design, capacity),
            _costliest(capacity),
        ),
        verdicts={
            "none": f"{named} would be computed for every request.",
            "in-process": f"{capacity.processes} processes would spend {quantity(cores, 'cores')} on the same answers."
            if cached
            else "no list may be stale.",
            "valkey": f"it would save at most {quantity(cores, 'cores')} of database, for one more server to run."
            if cached
            else "no list may be stale.",
        },
        flips_when=_flips(len(cached), cores, place),
    )


def _saved(design: Design) -> DecisionFact:
    cores = sum(op.rate * op.database_us for op in spread_load(design) if op.cache_seconds is not None) / 1e6
    return DecisionFact(
        "work without a cache",
        cores,
        "cores",
        f"Computed for every request they would keep {quantity(cores, 'cores')} of database busy.",
    )


def _refill_time(design: Design, capacity: Capacity) -> tuple[DecisionFact, ...]:
    """Return what the dearest refill takes beside the latency that the design asks for."""
    refills = [(op.database_us / 1000, op.name) for op in capacity.operations if op.cache_seconds is not None]
    if not refills:
        return ()
    took, name = max(refills)
    limit = design.load.p95_ms
    verdict = "within" if took <= limit else "longer than"
    text = f"One refill of {name} takes about {quantity(took, 'ms')}, {verdict} the {limit} ms of p95."
    return (DecisionFact("dearest refill", took, "ms", text),)


def _costliest(capacity: Capacity) -> DecisionFact:
    fresh = [op for op in capacity.operations if op.cache_seconds is None]
    if not fresh:
        return DecisionFact("dearest fresh operation", "none", "", "Nothing is computed fresh.")
    op = max(fresh, key=lambda op: (op.rate * op.database_us, op.name))
    cores = op.rate * op.database_us / 1e6
    return DecisionFact(
        "dearest fresh operation",
        op.name,
        "",
        f"Of what stays fresh, {op.name} is the dearest: {quantity(op.rate, '/s')} x "
        f"{quantity(op.database_us, 'µs')} = {quantity(cores, 'cores')}.",
    )


def _flips(cached: int, cores: float, place: str) -> tuple[FlipsWhen, ...]:
    some, many = thresholds.CACHED_LISTS, thresholds.REFILL_CORES
    exists = crossing(some.name, cached, some, below="none", above=place)
    if not cached:
        return (exists,)
    return (crossing(many.name, cores, many, below="in-process", above="valkey"), exists)
