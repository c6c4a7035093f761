"""An index that keeps updates from being done in place.

What it checks: tables with ten thousand updates or more, of which less than half were done in place (HOT), where
UPDATEs of the workload, a tenth of all or more, set columns that one index alone holds: as a key, included, in an
expression or in its condition. Unique indexes and those of constraints are left out, and BRIN from version 16 on, which
stops nothing. Where indexes for the whole workload were chosen, the planner was asked too: those that hold what a
thousand updates or more set are named with their DROP, where all statements of the workload together lose less than
half of what writers gain.

Why it matters: an update that changes no indexed column is done within the row's page. With that one index each update
writes an entry into every index of the table, and VACUUM has to remove the old ones.

Example: `UPDATE sessions SET seen_at = now() WHERE token = $1` with an index on `sessions (seen_at)`, read at night.

Instead: drop the index where hardly anything reads it; index a coarser value that seldom changes (a day), or use BRIN;
or move the column into a table of its own. The room in the pages (`fillfactor`) helps only afterwards.

When it is wrong: what reads the index is worth more than all these updates.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.planner_twin.expressions import column_names
from backend_architect.postgres.catalog import Catalog, Index, Table
from backend_architect.tune.amounts import size
from backend_architect.tune.examined import Examined
from backend_architect.tune.index_facts import enforces, statement_to_drop
from backend_architect.tune.indexes.model import Needless
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_UPDATES = 10_000
MIN_HOT_SHARE, MIN_CALLS_SHARE = 0.5, 0.1
BRIN_IS_FREE = 16


@dataclass(slots=True)
class Stopped:
    """The calls of updates that one index alone keeps from being done in place, and the columns that they set."""

    calls: float = 0.0
    columns: Counter[str] = field(default_factory=Counter)


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each such index."""
    catalog = observed.catalog
    yield from map(_weighed, observed.needless)
    found: dict[int, Stopped] = {}
    for examined in observed.statements:
        table = _updated(examined, catalog)
        if table is None or table.updated < MIN_UPDATES or table.updated_in_place >= MIN_HOT_SHARE * table.updated:
            continue
        columns = {target.name for target in examined.tree.targetList if target.name}
        holding = [each for each in catalog.indexes_of(table.oid) if _columns(each, catalog.version) & columns]
        if len(holding) == 1 and not enforces(holding[0]) and holding[0].parent is None:
            own = found.setdefault(holding[0].oid, Stopped())
            own.calls += examined.calls
            own.columns.update(_columns(holding[0], catalog.version) & columns)
    for index in catalog.indexes:
        table = catalog.table_by_oid.get(index.table)
        stopped = found.get(index.oid)
        weighed = any(each.index.oid == index.oid for each in observed.needless)
        if (
            stopped is not None
            and table is not None
            and stopped.calls >= MIN_CALLS_SHARE * table.updated
            and not weighed
        ):
            yield _finding(table, index, stopped)


def _weighed(needless: Needless) -> Finding:
    """Return the finding of an index that was weighed against all statements of the workload."""
    index = needless.index
    columns = ", ".join(needless.columns)
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=index.qualified,
        message=f"{index.qualified} keeps updates of {columns} from being done in place, and costs more than it saves",
        why="each of them writes an entry into every index of the table, and leaves a dead one in each",
        fix=f"drop {index.qualified} with the others that hold these columns, if no replica and no rare job reads it",
        sql=statement_to_drop(index),
        evidence=(
            Fact("rows changed by these updates", f"{needless.rows:,.0f}"),
            Fact("scans of the index", f"{index.scans:,}"),
            Fact("size", size(index.bytes)),
        ),
    )


def _updated(examined: Examined, catalog: Catalog) -> Table | None:
    tree = examined.tree
    if not isinstance(tree, ast.UpdateStmt) or tree.relation is None:
        return None
    return catalog.table_by_name.get((tree.relation.schemaname or "", str(tree.relation.relname)))


def _columns(index: Index, version: int) -> frozenset[str]:
    """Return the columns whose change needs a new entry in an index."""
    if index.method == "brin" and version >= BRIN_IS_FREE:
        return frozenset()
    expressions = [text for text in (index.predicate, *(key.expression for key in index.keys)) if text]
    named = {name for text in expressions for name in column_names(text)}
    return frozenset({*index.included, *(key.column for key in index.keys if key.column), *named})


def _finding(table: Table, index: Index, stopped: Stopped) -> Finding:
    columns = ", ".join(sorted(stopped.columns))
    share = table.updated_in_place / table.updated
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=index.qualified,
        message=f"{index.qualified} alone keeps updates of {table.qualified} ({columns}) from being done in place",
        why="each of them writes an entry into every index of the table, which VACUUM has to remove again",
        fix="weigh what reads it against these updates: drop it, index a coarser value, or use BRIN",
        evidence=(
            Fact("calls of these updates", f"{stopped.calls:,.0f}"),
            Fact("done in place", f"{share:.0%} of {table.updated:,} updates"),
            Fact("scans of the index", f"{index.scans:,}"),
        ),
    )


RULE = Rule("index-stops-hot", "an index that keeps updates from being done in place", find)
