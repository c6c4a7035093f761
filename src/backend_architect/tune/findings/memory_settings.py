"""Memory settings that do not fit the data.

What it checks: `shared_buffers` still at 128 MB with a database of a gigabyte or more; `effective_cache_size` still at
4 GB with a larger one; `maintenance_work_mem` at 64 MB or less with an index of a gigabyte; and, where no statements
are known, a `work_mem` under which more than ten gigabytes of temporary files were written.

Why it matters: the defaults are chosen so that PostgreSQL starts on any machine. Pages that could stay in memory are
read again, index scans look more expensive than they are, indexes are built on disk, and sorts write files.

Example: a database of 80 GB on a machine with 64 GB of memory, of which 128 MB are used.

Instead: `shared_buffers` a quarter of the machine's memory, `effective_cache_size` three quarters,
`maintenance_work_mem` up to a gigabyte, `work_mem` some tens of megabytes for the roles that need it.

When it is wrong: the machine is small. Its memory cannot be seen through a connection: the finding knows the size of
the data only, and says so.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.server_settings import setting_in_bytes

MB, GB = 1 << 20, 1 << 30
UNKNOWN = "the machine's memory cannot be seen from here"
HIGH_SPILLED_BYTES = 10 * GB


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each setting that is still at its default, and too small for the data."""
    catalog = observed.catalog
    yield from _buffers(catalog)
    yield from _cache(catalog)
    yield from _maintenance(catalog)
    if observed.workload is None or not observed.workload.statements:
        yield from _work(catalog)


def _buffers(catalog: Catalog) -> Iterator[Finding]:
    value = setting_in_bytes(catalog.settings, "shared_buffers")
    if value is not None and value <= 128 * MB and catalog.bytes >= GB:
        why = "most pages are copied in from the operating system's memory or the disk each time"
        fix = f"set it to a quarter of the machine's memory ({UNKNOWN}), and restart"
        yield _finding(
            "shared_buffers", value, Severity.MEDIUM, (why, fix), measured=Fact("database", size(catalog.bytes))
        )


def _cache(catalog: Catalog) -> Iterator[Finding]:
    value = setting_in_bytes(catalog.settings, "effective_cache_size")
    if value == 4 * GB and catalog.bytes > 4 * GB:
        why = "the planner overestimates the cost of repeated index reads where more memory is available"
        fix = f"set it to three quarters of the machine's memory ({UNKNOWN}): the planner alone uses it"
        yield _finding(
            "effective_cache_size", value, Severity.LOW, (why, fix), measured=Fact("database", size(catalog.bytes))
        )


def _maintenance(catalog: Catalog) -> Iterator[Finding]:
    value = setting_in_bytes(catalog.settings, "maintenance_work_mem")
    largest = max((index.bytes for index in catalog.indexes), default=0)
    if value is not None and value <= 64 * MB and largest >= GB:
        why = f"building an index of {size(largest)} sorts on disk, and VACUUM scans it more often"
        fix = f"set it to 512 MB or more, times the autovacuum workers ({UNKNOWN})"
        sql = "ALTER SYSTEM SET maintenance_work_mem = '512MB';\nSELECT pg_reload_conf();"
        yield _finding(
            "maintenance_work_mem", value, Severity.LOW, (why, fix, sql), measured=Fact("largest index", size(largest))
        )


def _work(catalog: Catalog) -> Iterator[Finding]:
    value = setting_in_bytes(catalog.settings, "work_mem")
    activity = catalog.activity
    if value is not None and activity is not None and activity.temporary_bytes >= HIGH_SPILLED_BYTES:
        each = activity.temporary_bytes / max(activity.temporary_files, 1)
        why = f"{activity.temporary_files:,} sorts and hashes wrote {size(activity.temporary_bytes)} to disk"
        fix = f"find the statements with pg_stat_statements; a file takes {size(each)} on average"
        yield _finding(
            "work_mem",
            value,
            Severity.MEDIUM,
            (why, fix),
            measured=Fact("temporary files", size(activity.temporary_bytes)),
        )


def _finding(setting: str, value: int, severity: Severity, words: tuple[str, ...], *, measured: Fact) -> Finding:
    why, fix, sql = (*words, "")[:3]
    return Finding(
        code=RULE.code,
        severity=severity,
        sureness=Sureness.POSSIBLE if severity is Severity.LOW else Sureness.LIKELY,
        subject=setting,
        message=f"{setting} is {size(value)} ({measured})",
        why=why,
        fix=fix,
        sql=sql,
        evidence=(Fact("value", size(value)), measured),
    )


RULE = Rule("memory-settings", "memory settings that do not fit the data", find)
