"""A table that takes far more room than its rows need.

What it checks: tables of ten megabytes or more that take more than twice what their rows, at the columns' average
widths and the table's fill factor, would fill.

Why it matters: every scan reads the empty room too, and memory is filled with it. VACUUM makes the room usable again,
but it does not give it back, except at the table's end.

Example: a table from which two years of rows were deleted: 60 GB for rows that fit into 9.

Instead: `pg_repack`, which rewrites it while it is used; or `VACUUM FULL`, which blocks reads and writes until it is
done. Where rows leave by age: partitions, which are dropped.

When it is wrong: the room is needed again soon; or the rows' widths differ so much that their average says little.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

PAGE, ROOM_OF_PAGE = 8192, 8192 - 24
HEADER = 24 + 4
MIN_BYTES = 10 << 20
LARGE_BYTES = 1 << 30
TIMES = 2.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that would become less than half its size."""
    for table in observed.catalog.tables:
        if table.kind not in {"r", "m"} or table.temporary or table.bytes < MIN_BYTES:
            continue
        needed = _needed(table)
        if needed and table.bytes > TIMES * needed:
            yield _finding(table, needed)


def _needed(table: Table) -> float:
    """Return the bytes that the rows would fill when rewritten; 0 where nothing is known."""
    widths = [column.width for column in table.columns]
    if table.rows <= 0 or not widths or any(width is None for width in widths):
        return 0.0
    row = sum(width or 0 for width in widths) + len(widths) * 2  # what alignment takes, about
    per_page = max(1.0, ROOM_OF_PAGE * _fillfactor(table) // (row + HEADER))
    return table.rows / per_page * PAGE


def _fillfactor(table: Table) -> float:
    own = [option.split("=", 1)[1] for option in table.options if option.startswith("fillfactor=")]
    return float(own[0]) / 100 if own else 1.0


def _finding(table: Table, needed: float) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM if table.bytes > LARGE_BYTES else Severity.LOW,
        sureness=Sureness.LIKELY,
        subject=table.qualified,
        message=f"{table.qualified} takes {size(table.bytes)} where about {size(needed)} would do",
        why="scans read the empty room too, and it fills the memory",
        fix=f"rewrite it with pg_repack (pg_repack -t {table.qualified}) while it is used; VACUUM FULL does the same, "
        "but blocks reads and writes until it is done",
        evidence=(
            Fact("size", size(table.bytes)),
            Fact("needed, estimated", size(needed)),
            Fact("rows", f"{table.rows:,.0f}"),
            Fact("dead", f"{table.dead:,}"),
        ),
    )


RULE = Rule("bloated-table", "a table that takes far more room than its rows need", find)
