"""Slow-query monitoring: how a slow statement is found, from the first day.

## What it decides
What PostgreSQL records about statements, and which of them the application writes to its log.

## Why it matters
A query becomes slow while nobody looks. pg_stat_statements keeps the time of every kind of statement; since each
statement of the project carries its name, the worst row leads straight to a function. The log shows single slow ones,
with their name, their time and their request; at a high rate only a sample of them, or logging becomes the load.

## Example
`SELECT /* posts.by_author */ …` at the top of pg_stat_statements is `by_author` in `app/posts/queries.py`. With
`p95: 200ms` a statement of 100 ms is slow: that is the default of `SLOW_QUERY`.

## Alternatives
- `statements-and-log`: pg_stat_statements, and every statement above the limit in the log.
- `statements-and-sample`: the same, with a sample of the slow ones.
- `log-only`: no statistics.

## When it is wrong
When a hosted database brings its own, better view of the same statistics.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.capacity import estimate_capacity
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity, short
from backend_architect.design.model import Design

FILES = ("app/core/database.py", "app/core/settings.py", "compose.yaml")
QUESTION = Question(
    slug="slow-query-monitoring",
    title="Slow-query monitoring",
    asks="How is a slow statement found?",
    answers={
        "statements-and-log": "pg_stat_statements, and every slow statement in the log",
        "statements-and-sample": "pg_stat_statements, and a sample of slow statements in the log",
        "log-only": "the log alone",
    },
    files={"statements-and-log": FILES, "statements-and-sample": FILES, "log-only": ("compose.yaml",)},
)
SECONDS_A_DAY = 86_400


def decide_slow_query_monitoring(design: Design) -> Draft:
    """Return statistics always, and a log that is sampled once there are too many statements."""
    rate, limit = estimate_capacity(design).statements, thresholds.SAMPLED_STATEMENTS
    sampled = rate >= limit.value
    slow_ms = max(1, design.load.p95_ms // 2)
    lines = rate * SECONDS_A_DAY / 100
    return Draft(
        answer="statements-and-sample" if sampled else "statements-and-log",
        because=(
            DecisionFact(
                limit.name,
                rate,
                "/s",
                f"{quantity(rate, 'statements/s')}; one in a hundred being slow would be "
                f"{short(lines)} log lines a day.",
            ),
            DecisionFact(
                "slow means",
                slow_ms,
                "ms",
                f"Above {slow_ms} ms a statement takes half of the {design.load.p95_ms} ms that a request may take.",
            ),
        ),
        verdicts={
            "statements-and-log": f"{short(lines)} log lines a day would themselves be load.",
            "statements-and-sample": f"at {quantity(rate, '/s')} every slow statement can be written down.",
            "log-only": f"a statement of 5 ms at {quantity(rate, '/s')} never reaches the log, and is the one to find.",
        },
        flips_when=(crossing(limit.name, rate, limit, below="statements-and-log", above="statements-and-sample"),),
        settings={"slow_ms": slow_ms, "sample_percent": 1 if sampled else 100},
    )
