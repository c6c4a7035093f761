"""Queue: what carries work that leaves the request.

## What it decides
Where jobs wait between the commit that started them and the worker that runs them.

## Why it matters
A job that is enqueued in another system than the data can be lost, or run for a change that was rolled back. A row in
the same database is committed with the change: both happen, or neither.

## Example
`posts.create` runs `notify_followers`: one more INSERT in the post's own transaction; a worker takes rows with
`FOR UPDATE SKIP LOCKED` and tries again on failure.

## Alternatives
- `none`: no event, no worker.
- `postgresql`: a table of jobs.
- `rabbitmq`: a broker, fed from an outbox table.
- `sqs`: Amazon's queue, fed from an outbox table.

## When it is wrong
When other companies' programs consume the events, they need a broker that speaks their protocol.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.costs import COSTS, OperationKind
from backend_architect.decisions.decision import DecisionFact, Draft, FlipsWhen, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.shape import aws_parts
from backend_architect.decisions.workload import jobs_per_second
from backend_architect.design.model import Design

QUESTION = Question(
    slug="queue",
    title="Queue",
    asks="What carries work that leaves the request?",
    answers={"none": "no queue", "postgresql": "a table of jobs", "rabbitmq": "RabbitMQ", "sqs": "Amazon SQS"},
    files={
        "none": (),
        "postgresql": ("app/worker.py", "migrations/"),
        "rabbitmq": ("app/worker.py", "compose.yaml"),
        "sqs": ("app/worker.py",),
    },
    pinnable=("postgresql", "rabbitmq", "sqs"),
)


def decide_queue(design: Design) -> Draft:
    """Return a table of jobs where there are events, until they outweigh the requests."""
    jobs, limit = jobs_per_second(design), thresholds.QUEUED_JOBS
    left = [f"{e.plural}.{e.action} → {e.run}" for e in design.events] + ["mail to accounts"] * design.has_mail
    events = len(left)
    carrier = "rabbitmq" if jobs >= limit.value else "postgresql"
    cores = jobs * COSTS[OperationKind.JOB].database_us / 1e6
    named = ", ".join(left) or "none"
    rate = quantity(jobs, "jobs/s")
    return Draft(
        answer=carrier if events else "none",
        because=(
            DecisionFact("events", events, "events", f"Events of the design: {named}."),
            DecisionFact(
                "jobs", jobs, "/s", f"They start about {rate} at the busiest hour: {cores:.4f} cores of database."
            ),
            DecisionFact(
                "commit",
                "together",
                "",
                "A job row commits with the change that started it; no outbox, no second server."
                if carrier == "postgresql"
                else "At this rate jobs cost the database more than requests do.",
            ),
        ),
        verdicts={
            "none": f"{quantity(events, 'events')} leave the request: {named}.",
            "postgresql": f"{rate} would take {cores:.1f} cores of the main database."
            if events
            else "there is no event to carry.",
            "rabbitmq": f"{rate} do not repay a broker to run and an outbox to keep; its use begins near "
            f"{limit.value:,.0f}/s.",
            "sqs": "it would bind the project to AWS, and still need an outbox to commit with the data."
            + (f" ({quantity(aws_parts(design), 'parts')} are pinned to AWS.)" if aws_parts(design) else ""),
        },
        flips_when=_flips(events, jobs, carrier),
    )


def _flips(events: int, jobs: float, carrier: str) -> tuple[FlipsWhen, ...]:
    some, many = thresholds.EVENT_KINDS, thresholds.QUEUED_JOBS
    exists = crossing(some.name, events, some, below="none", above=carrier)
    if not events:
        return (exists,)
    return (crossing(many.name, jobs, many, below="postgresql", above="rabbitmq"), exists)
