"""Settings of the server that cost every statement.

What it checks: `random_page_cost` at its default of 4; checkpoints that mostly start because `max_wal_size` is reached
(not those that a CHECKPOINT or a base backup requested, as far as the server's counts separate them); planner switches
(`enable_…`) and `fsync`, `full_page_writes`, `synchronous_commit`, `track_counts` or `autovacuum` turned off; a
`default_statistics_target` below 100 or above 1,000.

Why it matters: one wrong setting makes all plans worse, or the data unsafe.

Example: `random_page_cost = 4` on NVMe: index scans look four times more expensive than they are.

Instead: the value in the fix; all of them can be changed while the server runs, or at its next restart.

When it is wrong: the database is on spinning disks; a bulk load is under way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.server_settings import setting_as_number, setting_in_bytes


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that is nearly always a mistake, and what to set instead."""

    setting: str
    value: str
    severity: Severity
    why: str
    instead: str


WRONG = (
    Wrong("fsync", "off", Severity.HIGH, "a power failure can destroy the whole database", "on"),
    Wrong("full_page_writes", "off", Severity.HIGH, "a power failure can leave torn pages that nothing repairs", "on"),
    Wrong("autovacuum", "off", Severity.HIGH, "dead rows pile up, statistics get stale, transaction ids run out", "on"),
    Wrong("track_counts", "off", Severity.HIGH, "autovacuum does not know which tables need it", "on"),
    Wrong("enable_indexscan", "off", Severity.HIGH, "the planner avoids indexes everywhere", "on"),
    Wrong("enable_seqscan", "off", Severity.MEDIUM, "small tables are read through indexes", "on"),
    Wrong("enable_nestloop", "off", Severity.MEDIUM, "lookups of few rows become hashes of whole tables", "on"),
    Wrong("enable_hashjoin", "off", Severity.MEDIUM, "joins of many rows become loops or sorts", "on"),
    Wrong("enable_mergejoin", "off", Severity.LOW, "sorted inputs are hashed or sorted again", "on"),
    Wrong("enable_bitmapscan", "off", Severity.MEDIUM, "several conditions cannot be combined", "on"),
    Wrong("enable_partition_pruning", "off", Severity.HIGH, "every partition is read by every statement", "on"),
    Wrong("synchronous_commit", "off", Severity.LOW, "a crash loses the last commits that were confirmed", "on"),
    Wrong("random_page_cost", "4", Severity.LOW, "on an SSD an index scan looks four times too expensive", "1.1"),
)
TOO_FEW = 20
GB = 2**30
FEWEST_VALUES, MOST_VALUES = 100, 1_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each setting that is nearly always wrong."""
    settings = observed.catalog.settings
    for wrong in WRONG:
        if settings.get(wrong.setting) == wrong.value:
            yield _finding(wrong.setting, wrong.value, wrong.instead, wrong.severity, why=wrong.why)
    yield from _sample(settings.get("default_statistics_target", ""))
    yield from _checkpoints(observed.catalog)


def _checkpoints(catalog: Catalog) -> Iterator[Finding]:
    """Yield a finding where most checkpoints came because of the log's amount.

    One comes when the log since the last has about max_wal_size / (1 + checkpoint_completion_target); so many as that
    may have come of what was written. The others were asked for. Before 14 nobody counts what was written.
    """
    most = setting_in_bytes(catalog.settings, "max_wal_size")
    timed, requested = catalog.checkpoints_timed, catalog.checkpoints_requested
    if not most or timed + requested <= TOO_FEW:
        return
    spread = 1 + setting_as_number(catalog.settings, "checkpoint_completion_target", 0.9)
    if catalog.log_bytes is None:
        full, cause = requested, "were requested: because the log was full, or by a CHECKPOINT or a base backup"
    else:
        full = min(requested, int(catalog.log_bytes / (most / spread)))
        cause = f"came because the log was full, by the {size(catalog.log_bytes)} that were written to it"
    if full > timed:
        why = f"{full:,} of {timed + requested:,} checkpoints {cause}: pages are written twice"
        value = catalog.settings["max_wal_size"]
        yield _finding("max_wal_size", value, _enough(catalog, most, spread), Severity.MEDIUM, why=why)


def _enough(catalog: Catalog, most: int, spread: float) -> str:
    """Return how much log a time between two timed checkpoints needs at its mean rate, twice the present at least."""
    rate = (catalog.log_bytes or 0) / max(catalog.log_seconds or 0, 1)
    wanted = rate * setting_as_number(catalog.settings, "checkpoint_timeout", 300) * spread
    return f"{max(ceil(wanted / GB), ceil(2 * most / GB))}GB"


def _sample(target: str) -> Iterator[Finding]:
    """Yield a finding where ANALYZE looks at too few rows for all tables, or at so many that planning suffers."""
    if target.isdigit() and int(target) < FEWEST_VALUES:
        why = "the planner knows fewer values of each column than by default: estimates are worse everywhere"
        yield _finding("default_statistics_target", target, "100", Severity.MEDIUM, why=why)
    if target.isdigit() and int(target) > MOST_VALUES:
        why = "planning every statement reads long lists of values; raise it for the columns that need it alone"
        yield _finding("default_statistics_target", target, "100", Severity.LOW, why=why)


def _finding(setting: str, value: str, instead: str, severity: Severity, *, why: str) -> Finding:
    return Finding(
        code=RULE.code,
        severity=severity,
        sureness=Sureness.CERTAIN if severity is Severity.HIGH else Sureness.POSSIBLE,
        subject=setting,
        message=f"{setting} is {value}",
        why=why,
        fix=f"set it to {instead}",
        sql=f"ALTER SYSTEM SET {setting} = '{instead}';\nSELECT pg_reload_conf();",
        evidence=(Fact("value", value),),
    )


RULE = Rule("costly-setting", "a setting of the server that costs every statement", find)
