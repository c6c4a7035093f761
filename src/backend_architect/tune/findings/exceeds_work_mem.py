"""A sort or a hash that went to disk, and the memory that it would need.

What it checks: plans that were run with a sort on disk, a hash join in several batches, or a hash aggregate that
spilled.

Why it matters: what does not fit into `work_mem` (for hashes, times `hash_mem_multiplier`) is written to files and read
again, often several times.

Example: `Sort Method: external merge  Disk: 41 MB` with `work_mem = 4MB`.

Instead: an index that gives the order, or fewer and narrower rows; else more memory for this statement alone: `SET
LOCAL work_mem = '110MB'` in its transaction, or `ALTER ROLE … SET work_mem` for the role that runs reports. Every sort
and hash of every session may take as much, so not for all.

When it is wrong: a nightly job, whose time matters to nobody.
"""

from collections.abc import Iterator, Mapping

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans import PlanNode, executed_nodes
from backend_architect.tune.plans.memory import Spilled, spilled
from backend_architect.tune.plans.worst import worst
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

MAX_WORK_MEM = 1 << 30


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement with such a node: the one that needs most."""
    settings = observed.catalog.settings
    seen = (each for each in executed_nodes(observed) if spilled(each[1], settings))
    for statement, node in worst(seen, lambda each: _needs(each, settings)):
        found = spilled(node, settings)
        if found:
            yield _finding(statement, found, settings.get("work_mem", ""))


def _needs(node: PlanNode, settings: Mapping[str, str]) -> float:
    found = spilled(node, settings)
    return found.work_mem if found else 0.0


def _finding(statement: Statement, found: Spilled, work_mem: str) -> Finding:
    megabytes = max(1, -(-int(found.work_mem) // 2**20))
    fix = f"an index that spares it, fewer or narrower rows; or SET LOCAL work_mem = '{megabytes}MB' for this alone"
    if found.work_mem > MAX_WORK_MEM:
        fix = f"an index that spares it, or fewer and narrower rows: in memory it would take {size(found.work_mem)}"
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.CERTAIN,
        subject=statement.shown,
        message=f"{found.what} went to disk: {statement.shown}",
        why="what does not fit into work_mem is written to files and read again",
        fix=fix,
        evidence=(Fact("on disk", found.description), Fact("work_mem", work_mem), Fact("needed", f"{megabytes} MB")),
    )


RULE = Rule("exceeds-work-mem", "a sort or a hash that went to disk", find)
