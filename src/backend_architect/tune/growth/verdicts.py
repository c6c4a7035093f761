"""Whether a statement turns bad as its tables grow, and from which size on."""

import math
from collections.abc import Sequence

from backend_architect.tune.growth.model import Point, Scan, Turning
from backend_architect.tune.workload import Statement

GROWTH = 3.0
"""Times more that a call may cost with ten times the rows, returning as many as before: a deeper index gives 1.2, a
statement that follows its tables gives 10, one that follows their square root 3.2."""

FREE_COST = 300.0
"""The planner's cost up to which a statement is cheap at any size: a table of some 10,000 rows, read whole."""

LARGE_TABLE = 10_000
FEW_KEPT = 0.1
MOST_OF_IT = 0.5
BOUND = math.log10(GROWTH)


def judge(statement: Statement, points: Sequence[Point]) -> Turning | None:
    """Return from which size on the statement is bad and why; None where it holds at every size given.

    The points are in the order of their sizes, the first is today.
    """
    for point in points:
        why = _scanned(point) or _costs_more(points[0], point)
        if why:
            return Turning(statement, point.times, why, tuple(points))
    return None


def _scanned(point: Point) -> str:
    """Return what a filter throws most of a large table away for."""
    scan = max(filter(_matters, point.scans), key=lambda scan: scan.rows, default=None)
    if scan is None or point.cost < FREE_COST:
        return ""
    return f"it reads all {scan.rows:,.0f} rows of {scan.table} to keep {max(scan.kept, 1):,.0f}"


def _matters(scan: Scan) -> bool:
    few = scan.kept <= scan.rows * FEW_KEPT
    return scan.filtered and scan.rows >= LARGE_TABLE and few and scan.share >= MOST_OF_IT


def _costs_more(today: Point, point: Point) -> str:
    """Return how much more it costs than what a bounded statement would."""
    more = point.cost / max(today.cost, 0.01)
    returned = max(point.rows / max(today.rows, 1), 1.0)
    if point.times <= 1 or point.cost < FREE_COST or more / returned <= math.pow(point.times, BOUND):
        return ""
    whole = max(point.scans, key=lambda scan: scan.rows, default=None)
    reads = f", reading all {whole.rows:,.0f} rows of {whole.table}" if whole and whole.rows >= LARGE_TABLE else ""
    kept = "as many rows" if returned < 2 else f"{returned:,.0f} times the rows"
    return f"it costs {more:,.0f} times as much for {kept}{reads}"
