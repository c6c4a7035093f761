"""What reading a database could not see, as problems with what to do about them."""

from collections.abc import Iterator

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
    hidden = [table.qualified for table in catalog.tables if not table.readable]
    if hidden:
        named = ", ".join(hidden[:SAMPLE]) + (f" and {len(hidden) - SAMPLE} more" if len(hidden) > SAMPLE else "")
        message = f"this role may not read {named}: what ANALYZE found of their columns is hidden"
        yield Problem("not-visible", message, "grant it SELECT on them, or pg_read_all_data: no row is ever read")
    if catalog.standby:
        message = "this is a standby: scans, writes and vacuums are counted on each server apart"
        yield Problem("on-a-standby", message, "read the primary too, and make indexes there")


def _refused(part: str) -> Problem:
    return Problem("not-visible", f"this role may not read {part}", "grant it pg_monitor to see more")
