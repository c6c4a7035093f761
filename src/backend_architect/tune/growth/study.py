"""Statements planned on a twin whose tables grow."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from backend_architect.planner_twin import Statistics
from backend_architect.planner_twin.copy import Copy, Known, TableName, grow_schemas
from backend_architect.postgres import Refused
from backend_architect.tune.growth.model import AdvisedGrowth, Growing, GrowthStudy, Point, Turning
from backend_architect.tune.growth.reading_plans import read_point
from backend_architect.tune.growth.verdicts import judge
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.workload import Statement

ADVISED = "advised_"
STEPS = (1.0, 2.0, 4.0)
SECONDS = 60.0
SqlOf = Callable[[Statement], str]


def as_written(statement: Statement) -> str:
    """Return the statement's own text."""
    return statement.text


def study_growth(
    copy: Copy,
    known: Known,
    statements: Sequence[Statement],
    growing: Growing,
    *,
    sql_of: SqlOf = as_written,
    indexes: Sequence[NewIndex] = (),
) -> GrowthStudy:
    """Return which statements turn bad up to that many times today's rows, from which size on, and with `indexes` too.

    `sql_of` gives a statement as the planner takes it. The twin has today's size again afterwards, and the indexes. It
    stops on time, and says which sizes it left.
    """
    grow, times = growing.tables, growing.times
    grown = {TableName(*name) for name in grow}
    sizes = _Sizes(copy, copy.statistics, known, grown, sql_of)
    advised = None
    try:
        turning = sorted(_turning(sizes, statements, times), key=_weight)
        copy.twin.resize(*copy.statistics)
        if indexes:
            advised = _with_indexes(sizes, [each.statement for each in turning], times, indexes)
    finally:
        copy.twin.resize(*copy.statistics)
    names = {f"{schema}.{name}": rows for (schema, name), rows in sorted(grow.items())}
    staying = (f"{each.schema}.{table.name}" for each in copy.statistics for table in each.tables)
    return GrowthStudy(
        times=times,
        turning=tuple(turning),
        holding=len(sizes.points) - len(turning),
        growing=names,
        staying=tuple(sorted(name for name in staying if name not in names)),
        unplanned=tuple(sizes.refused.values()),
        left=tuple(sizes.left),
        advised=advised,
    )


def _with_indexes(
    before: "_Sizes", bad: Sequence[Statement], times: float, indexes: Sequence[NewIndex]
) -> AdvisedGrowth:
    """Return which of the statements that turn bad still do with the indexes, which grow with their tables.

    What holds without them costs no more with them.
    """
    twin = before.copy.twin
    tried = twin.create_indexes([index.definition(f"{ADVISED}{n}") for n, index in enumerate(indexes)])
    sizes = _Sizes(before.copy, twin.schemas, before.known, before.grow, before.sql_of)
    turning = _turning(sizes, bad, times) if bad else []
    refused = {index.definition(""): each.refused for index, each in zip(indexes, tried, strict=True) if each.refused}
    made = len(indexes) - len(refused)
    return AdvisedGrowth(made, tuple(sorted(turning, key=_weight)), refused, tuple(sizes.left))


@dataclass
class _Sizes:
    """A twin at one size after the other, and what every statement was planned as."""

    copy: Copy
    statistics: Sequence[Statistics]
    known: Known
    grow: set[TableName]
    sql_of: SqlOf
    points: dict[str, dict[float, Point]] = field(default_factory=dict)
    refused: dict[str, tuple[Statement, str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def plan(self, statements: Sequence[Statement], times: float) -> None:
        """Plan the statements at `times` the rows of today."""
        if time.monotonic() > self.until and times != 1:
            self.left.append(f"{times:g} times the rows: the time was up")
            return
        rows = self._resize(times)
        for done, statement in enumerate(statements):
            if statement.id in self.refused:
                continue
            if times != 1 and time.monotonic() > self.until:
                self.left.append(
                    f"{times:g} times the rows: the time was up after {done} of {len(statements)} statements"
                )
                return
            try:
                point = read_point(self.copy.twin.explain(self.sql_of(statement), verbose=True), times, rows)
            except Refused as error:
                self.refused[statement.id] = (statement, str(error))
                self.points.pop(statement.id, None)
                continue
            self.points.setdefault(statement.id, {})[times] = point

    def of(self, statement: Statement) -> tuple[Point, ...]:
        """Return a statement's points in the order of the sizes."""
        return tuple(point for _, point in sorted(self.points.get(statement.id, {}).items()))

    def _resize(self, times: float) -> Mapping[str, float]:
        rows = {
            TableName(each.schema, table.name): table.rows * times
            for each in self.statistics
            for table in each.tables
            if (each.schema, table.name) in self.grow
        }
        grown = grow_schemas(self.statistics, rows, self.known.references)
        self.copy.twin.resize(*grown)
        return {f"{each.schema}.{table.name}": table.rows for each in grown for table in each.tables}


def _turning(sizes: _Sizes, statements: Sequence[Statement], times: float) -> list[Turning]:
    """Return what turns bad: found at whole decades, and for those alone looked for between these."""
    decades = list(_decades(times))
    for each in decades:
        sizes.plan(statements, each)
    bad = [statement for statement in statements if judge(statement, sizes.of(statement))]
    later = [statement for statement in bad if not _at_once(statement, sizes)]
    for each in _between(decades) if later else ():
        sizes.plan(later, each)
    found = (judge(statement, sizes.of(statement)) for statement in bad)
    return [each for each in found if each]


def _at_once(statement: Statement, sizes: _Sizes) -> bool:
    return judge(statement, sizes.of(statement)[:1]) is not None


def _decades(times: float) -> list[float]:
    """Return 1, 10, 100, … and `times` itself."""
    found = [1.0]
    while found[-1] * 10 < times:
        found.append(found[-1] * 10)
    return [*found, float(times)] if times > 1 else found


def _between(decades: Sequence[float]) -> list[float]:
    return [low * step for low, high in itertools.pairwise(decades) for step in STEPS[1:] if low * step < high]


def _weight(turning: Turning) -> tuple[float, str]:
    """Return the order of what hurts: the cost of all calls at the largest size."""
    return (-turning.points[-1].cost * max(turning.statement.calls, 1), turning.statement.id)
