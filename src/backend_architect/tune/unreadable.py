"""What reading a database could not see, as problems with what to do about them."""

from collections.abc import Iterator, Sequence

from backend_architect.errors import Problem
from backend_architect.postgres.catalog import Catalog

LOST_FIX = "run it again when the database is reachable"
SAMPLE = 3


def unread(catalog: Catalog, *, lost: bool) -> Iterator[Problem]:
    """Yield what this connection did not see: lost or refused parts, hidden statistics, and what a standby hides."""
    if lost:
        parts = ", ".join(catalog.unseen) or "the statements"
        yield Problem("connection-lost", f"the connection was lost; not read: {parts}", LOST_FIX)
    else:
        yield from (_refused(part) for part in catalog.unseen)
    held = [table.qualified for table in catalog.tables if table.held]
    if held:
        message = (
            f"another session holds {_some(held)} for itself: not waited for, sizes are those that the last vacuum saw"
        )
        yield Problem("held-by-another", message, "tune again when it is done, for what concerns these")
    hidden = [table.qualified for table in catalog.tables if not table.readable]
    if hidden:
        message = f"this role may not read {_some(hidden)}: what ANALYZE found of their columns is hidden"
        yield Problem("not-visible", message, "grant it SELECT on them, or pg_read_all_data: no row is ever read")
    if catalog.standby:
        message = "this is a standby: scans, writes and vacuums are counted on each server apart"
        yield Problem("on-a-standby", message, "read the primary too, and make indexes there")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SAMPLE]) + (f" and {len(names) - SAMPLE} more" if len(names) > SAMPLE else "")


def _refused(part: str) -> Problem:
    if "lock timeout" in part:
        fix = "tune again when it is done, or end it"
        return Problem("held-by-another", f"another session held a lock for which {part} would have waited", fix)
    return Problem("not-visible", f"this role may not read {part}", "grant it pg_monitor to see more")
