"""Counters: which counts are kept in a column, and which are counted when they are read.

## What it decides
For each entry of `counts:`, whether the number stands in the row or is counted from the other table.

## Why it matters
Counting costs at each read what there is to count; a column costs one more UPDATE at each write, and makes writers of
the same row wait for each other. What is read often and has much to count is kept; a count that a list is ordered by
has to be kept, because only a column can be indexed.

## Example
Ten likes a post, read 3,000 times a second, written 30 times: counting costs 63 ms of processor a second, keeping 5 ms.

## Alternatives
- `kept`: every count is a column.
- `computed`: every count is counted.
- `mixed`: some are, some are not; the page of the project lists them.
- `none`: the design has no counts.

## When it is wrong
When one row is written by everybody at once (a celebrity's followers): beyond some hundred writes a second to one row
its column becomes the queue that all of them stand in.
"""

from collections.abc import Mapping

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, FlipsWhen, Question, crossing
from backend_architect.decisions.figures import quantity, short
from backend_architect.decisions.kept_counts import CountBalance, weigh_counts
from backend_architect.design.model import Design

QUESTION = Question(
    slug="counters",
    title="Counters",
    asks="Which counts are kept, and which are counted when read?",
    answers={
        "kept": "every count is kept in a column",
        "computed": "every count is counted when it is read",
        "mixed": "some counts are kept, some are counted",
        "none": "the design has no counts",
    },
    files={
        "kept": ("migrations/", "app/*/queries.py"),
        "computed": ("app/*/queries.py",),
        "mixed": ("migrations/", "app/*/queries.py"),
        "none": (),
    },
    pinnable=("kept", "computed"),
)


def decide_counters(design: Design) -> Draft:
    """Return which side most of the weighing comes down on; `kept_counts` has the answer for each count."""
    balances = weigh_counts(design)
    answer = counters_answer({(b.entity, b.count): b.worth_keeping for b in balances})
    counting, keeping = sum(b.counting_us for b in balances) / 1e6, sum(b.keeping_us for b in balances) / 1e6
    totals = f"counting all of them takes {quantity(counting, 'cores')}, keeping all {quantity(keeping, 'cores')}."
    kept = sum(b.worth_keeping for b in balances)
    return Draft(
        answer=answer,
        because=tuple(_fact(b) for b in balances) or (DecisionFact("counts", 0, "counts", "No entity has `counts:`."),),
        verdicts={
            "kept": f"{len(balances) - kept} of {quantity(len(balances), 'counts')} cost more to keep than to count; "
            f"{totals}",
            "computed": f"{kept} of {quantity(len(balances), 'counts')} are cheaper to keep, or order a list; {totals}",
            "mixed": f"all {quantity(len(balances), 'counts')} come out on the same side; {totals}",
            "none": f"the design has {quantity(len(balances), 'counts')}.",
        },
        flips_when=tuple(_flip(b) for b in balances) or (_first_count(),),
        settings={f"{b.entity}.{b.count}": int(b.worth_keeping) for b in balances},
    )


def counters_answer(kept: Mapping[tuple[str, str], bool]) -> str:
    """Return the one word for a whole design: kept, computed, mixed or none."""
    if not kept:
        return "none"
    return "mixed" if len(set(kept.values())) == 2 else ("kept" if any(kept.values()) else "computed")


def _fact(balance: CountBalance) -> DecisionFact:
    b = balance
    verb = "kept" if b.worth_keeping else "counted"
    if b.ordered_list:
        why = f"the list {b.ordered_list} is ordered by it, and only a column can be indexed"
    else:
        why = (
            f"{quantity(b.rows_read, 'rows/s')} read x {short(b.counted_rows)} to count = "
            f"{quantity(b.counting_us / 1000, 'ms')} a second; {quantity(b.writes, 'writes/s')} = "
            f"{quantity(b.keeping_us / 1000, 'ms')}"
        )
    return DecisionFact(f"{b.entity}.{b.count}", min(b.ratio, 1e6), "times", f"{b.entity}.{b.count} is {verb}: {why}.")


def _flip(balance: CountBalance) -> FlipsWhen:
    name, limit = f"{balance.entity}.{balance.count}", thresholds.COUNT_BALANCE
    provided = f"the list {balance.ordered_list} is no longer ordered by it" if balance.ordered_list else ""
    return crossing(
        f"counting ÷ keeping {name}",
        balance.ratio,
        limit,
        below=f"{name} counted",
        above=f"{name} kept",
        provided=provided,
    )


def _first_count() -> FlipsWhen:
    return FlipsWhen("computed", "counts", 0, ">=", 1, "counts", "the design: `counts:` of an entity")
