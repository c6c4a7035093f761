"""Rate limits: counted in each process, or in Valkey for all of them.

## What it decides
Where the counters behind `limits:` live.

## Why it matters
Limits stop password guessing and one caller's loop from becoming everybody's outage. A counter in the process is
nearly free and cannot fail; but each process counts for itself, so that a caller spread over N processes gets up to N
times the limit.

## Example
Two processes and `sign_in: 5/minute`: at worst 10 guesses a minute, which is still nothing. Fourteen processes: 70.

## Alternatives
- `in-process`: each process counts; nothing else to run.
- `valkey`: one counter for all processes, one more server to run, about 0.1 ms a request. `compose.yaml` starts it; an
  application that is given a `VALKEY_URL` counts there, whatever was decided.

## When it is wrong
When a limit is a price (a paid quota), it has to be exact from the second process on: pin `rate-limits: valkey`.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.design.model import Design

QUESTION = Question(
    slug="rate-limits",
    title="Rate limits",
    asks="Where are requests counted?",
    answers={"in-process": "counted in each process", "valkey": "counted in Valkey for all processes"},
    files={
        "in-process": ("app/core/rate_limits.py",),
        "valkey": ("app/core/rate_limits.py", "compose.yaml", "app/core/settings.py"),
    },
)


def decide_rate_limits(design: Design) -> Draft:
    """Return the process until so many run that limits would be off by a multiple that matters."""
    capacity, limit = estimate_capacity(design), thresholds.SHARED_STATE_PROCESSES
    processes = capacity.processes
    several = processes > 1
    requests = design.load.reads + design.load.writes
    return Draft(
        answer="valkey" if processes >= limit.value else "in-process",
        because=(
            DecisionFact(
                "API processes",
                processes,
                "processes",
                f"{capacity.server_cores:.2f} busy cores need {quantity(processes, 'API processes')} half busy"
                + (
                    f"; a caller spread over all of them gets up to {processes} times a limit counted in each."
                    * several
                    or "."
                ),
            ),
            DecisionFact(
                "time in Valkey",
                requests * 57e-6,
                "cores",
                f"Asking Valkey for {requests:,.0f} requests/s takes 57 to 126 µs each, "
                f"{requests * 57e-6:.2f} to {requests * 126e-6:.2f} cores; in the process 7 µs (measured).",
            ),
            DecisionFact(
                "limits",
                len(design.limits),
                "limits",
                "The design names "
                + (
                    ", ".join(f"{r.target} {r.count} in {r.seconds} s" for r in design.limits)
                    or "no limit; the defaults apply"
                )
                + ".",
            ),
        ),
        verdicts={
            "valkey": f"one more server to run, to make {quantity(processes, 'processes')} exact.",
            "in-process": f"{processes} processes would let a caller through up to {processes} times.",
        },
        flips_when=(crossing(limit.name, processes, limit, below="in-process", above="valkey"),),
    )
