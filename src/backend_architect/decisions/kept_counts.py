"""Which counts are kept in a column: the cost of counting at reads against one more UPDATE at each write."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.decisions.costs import COUNTED_ROW_US, KEEP_COUNT_US
from backend_architect.decisions.workload import creations_per_second, rows_read_per_second
from backend_architect.design.model import Count, Design, Entity


@dataclass(frozen=True, slots=True)
class CountBalance:
    """One count's two costs in microseconds of database time each second, and the list it orders, if any."""

    entity: str
    count: str
    counted_rows: float
    rows_read: float
    writes: float
    ordered_list: str | None

    @property
    def counting_us(self) -> float:
        return self.rows_read * self.counted_rows * COUNTED_ROW_US

    @property
    def keeping_us(self) -> float:
        return self.writes * KEEP_COUNT_US

    @property
    def ratio(self) -> float:
        """Counting divided by keeping; above 1 the column is cheaper."""
        return self.counting_us / self.keeping_us if self.keeping_us else float(self.counting_us > 0) * 1e6

    @property
    def worth_keeping(self) -> bool:
        return self.ratio >= 1 or self.ordered_list is not None


def weigh_counts(design: Design) -> tuple[CountBalance, ...]:
    """Return both costs of every count of the design, in its order."""
    return tuple(_weigh(design, e, c) for e in design.entities.values() for c in e.counts.values())


def kept_counts(design: Design) -> Mapping[tuple[str, str], bool]:
    """Return for each (entity, count) whether it is kept; a pin decides for all but those that order a list."""
    pin = design.pin.get("counters")
    return {(b.entity, b.count): _is_kept(b, pin) for b in weigh_counts(design)}


def _is_kept(balance: CountBalance, pin: str | None) -> bool:
    if pin == "computed":
        return balance.ordered_list is not None
    return pin == "kept" or balance.worth_keeping


def _weigh(design: Design, entity: Entity, count: Count) -> CountBalance:
    rows = design.declared_rows(entity.plural) or 1
    ordered = (s.name for s in design.lists if s.of == entity.name and s.order.field == count.name)
    return CountBalance(
        entity=entity.name,
        count=count.name,
        counted_rows=design.declared_rows(count.source) / rows,
        rows_read=rows_read_per_second(design, entity.plural),
        writes=creations_per_second(design, count.source),
        ordered_list=next(ordered, None),
    )
