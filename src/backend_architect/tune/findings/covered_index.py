"""An index whose keys are the beginning of another's.

What it checks: two indexes of a table, where the keys of one (columns, order, operator class, collation) begin the keys
of the other, and the shorter one enforces nothing: btrees of the same predicate, one that includes less than another on
the same keys, a partial one that is at least half as large as a whole one, and a hash beside a btree on its column.

Why it matters: the longer index serves every statement that the shorter one serves; the shorter one is written at each
insert and update for nothing, and takes memory from what is read.

Example: `orders (user_id)` beside `orders (user_id, created_at)`; `sessions USING hash (token)` beside the primary key
`sessions (token)`.

Instead: drop the shorter one.

When it is wrong: the shorter index is much smaller (equal keys are stored once, with a list of their rows): a count by
it reads fewer pages, and they stay in memory where the longer one's would not. Where the other is twice as large or
more, or of another kind, the finding is likely and not certain, and `--apply` does not drop it. Where indexes for the
whole workload were chosen, the planner was asked for every statement without the shorter one: where one costs a tenth
more, the finding is only possible, says which, and has no SQL.
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Index, KeyPart, Table
from backend_architect.tune.amounts import size
from backend_architect.tune.index_facts import enforces, same_keys, statement_to_drop
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

HALF = 0.5  # of the whole index, from which a partial one leaves out too little to be worth keeping
LARGER = 2.0  # times, from which the other is no equal any more
NEGLIGIBLE_BYTES = 1_048_576  # bytes, up to which the difference does not matter


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that another one covers."""
    catalog = observed.catalog
    for table in catalog.tables:
        for index in catalog.indexes_of(table.oid):
            wider = next((each for each in catalog.indexes_of(table.oid) if _covers(each, index)), None)
            if wider is not None:
                yield _finding(table, index, wider, observed.missed.get(index.qualified, ""))


def _finding(table: Table, index: Index, wider: Index, missed: str) -> Finding:
    """Return the finding; `missed` is the statement that costs more without the index."""
    sizes = Fact("size", size(index.bytes)), Fact(f"of {wider.qualified}", size(wider.bytes))
    sure = Sureness.POSSIBLE if missed else Sureness.CERTAIN if _is_as_good(wider, index) else Sureness.LIKELY
    return Finding(
        code=RULE.code,
        severity=Severity.LOW if missed else Severity.MEDIUM,
        sureness=sure,
        subject=index.qualified,
        message=f"{index.qualified} is covered by {wider.qualified}, {_how(wider, index)}",
        why=f"each write to {table.qualified} keeps both; the longer one serves all that the shorter does",
        fix="weigh it: by the planner a statement costs more without it" if missed else f"drop {index.qualified}",
        sql="" if missed else statement_to_drop(index),
        evidence=(
            *sizes,
            Fact("scans", f"{index.scans:,}"),
            *((Fact("costs more without it", missed),) if missed else ()),
        ),
    )


def _covers(wider: Index, index: Index) -> bool:
    """Return whether `wider` serves everything that `index` does, and is not its equal."""
    if wider.oid == index.oid or enforces(index) or not wider.valid or index.parent is not None:
        return False
    if wider.method != "btree" or not same_keys(wider.keys[: len(index.keys)], _as_of_a_btree(index)):
        return False
    if index.method == "hash":
        return not wider.predicate
    if index.method != "btree" or not set(index.included) <= {*wider.included, *(key.column for key in wider.keys)}:
        return False
    more = len(wider.keys) > len(index.keys) or set(index.included) < set(wider.included)
    if wider.predicate == index.predicate:
        return more
    return not wider.predicate and HALF * wider.bytes <= index.bytes <= wider.bytes


def _as_of_a_btree(index: Index) -> tuple[KeyPart, ...]:
    """Return the keys; those of a hash with the operator class that a btree has by default."""
    return tuple(replace(key, opclass="") for key in index.keys) if index.method == "hash" else index.keys


def _is_as_good(wider: Index, index: Index) -> bool:
    """Return whether reading the other instead costs next to nothing more."""
    same_kind = wider.method == index.method and wider.predicate == index.predicate
    return same_kind and (wider.bytes < LARGER * index.bytes or wider.bytes <= NEGLIGIBLE_BYTES)


def _how(wider: Index, index: Index) -> str:
    if index.method != wider.method:
        return f"a {wider.method} that answers the same"
    if index.predicate != wider.predicate:
        return "which holds nearly the same rows"
    return "whose keys begin with the same" if len(wider.keys) > len(index.keys) else "which includes more"


RULE = Rule("covered-index", "an index whose keys are the beginning of another's", find)
