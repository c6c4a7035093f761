"""Two contracts → the plans that flipped, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.tune.contracts.model import Contract, Contracted, PlanFlip, Shape
from backend_architect.tune.contracts.shape import indexes_of, whole_tables_of

GROWN_FACTOR = 2.0  # times the rows, from which they are named as a reason
NO_PLAN = "it has no plan: "


@dataclass(frozen=True, slots=True)
class ContractComparison:
    """What flipped, and the statements that only one of the contracts has, by name."""

    flips: tuple[PlanFlip, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    same: int


def compare_contracts(before: Contract, after: Contract) -> ContractComparison:
    """Return which statements of both are planned otherwise than before, each from the first size on."""
    both = sorted(before.statements.keys() & after.statements.keys())
    flips = tuple(flip for name in both if (flip := _flip(name, before, after)))
    return ContractComparison(
        flips,
        new=tuple(sorted(after.statements.keys() - before.statements.keys())),
        gone=tuple(sorted(before.statements.keys() - after.statements.keys())),
        same=len(both) - len(flips),
    )


def _flip(name: str, before: Contract, after: Contract) -> PlanFlip | None:
    old, new = before.statements[name], after.statements[name]
    for times in sorted({*old.plans, *new.plans} or {1.0}):
        was, now = _shape(old, times), _shape(new, times)
        if was != now:
            return PlanFlip(new, times, was, now, "; ".join(_why(name, was, now, before, after)))
    return None


def _shape(each: Contracted, times: float) -> Shape:
    return each.plans.get(times) or ((NO_PLAN + each.refused,) if each.refused else ())


def _why(name: str, was: Shape, now: Shape, before: Contract, after: Contract) -> Iterator[str]:
    """Give what tells the cause, the surest first; at the end always what is other."""
    old, new = before.statements[name], after.statements[name]
    if old.digest != new.digest:
        yield "the statement's text is another"
    for index in sorted(indexes_of(was) - after.indexes):
        yield f"the index {index} is gone"
    for index in sorted(indexes_of(now) - before.indexes if before.indexes else ()):
        yield f"the index {index} is new"
    tables = {word for line in (*was, *now) for word in line.replace(",", "").split()}
    for table in sorted(tables & before.rows.keys() & after.rows.keys()):
        one, other = before.rows[table], after.rows[table]
        if max(one, other) > GROWN_FACTOR * max(min(one, other), 1.0):
            yield f"{table} has {other:,.0f} rows instead of {one:,.0f}"
    for table in sorted(whole_tables_of(now) - whole_tables_of(was)):
        yield f"{table} is read whole now"
    for table in sorted(whole_tables_of(was) - whole_tables_of(now)):
        yield f"{table} is no longer read whole"
    if new.refused and not old.refused:
        yield "the planner refuses it now"
    if not whole_tables_of(now) ^ whole_tables_of(was):
        yield "the planner now thinks another plan cheaper"
