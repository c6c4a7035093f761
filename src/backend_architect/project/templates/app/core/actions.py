"""Why an action on a row was not done: its statement answers a verdict on each thing that it asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg import Record

from app.core.errors import Conflict, Forbidden, NotFound

ALLOWED = "allowed_"
"""The verdict on who asks, where somebody may see the row and not do this to it."""


@dataclass(frozen=True, slots=True)
class Conflicting:
    """What the row, or a row beside it, may be wrong in: the verdict's column, a stable code, a sentence for people."""

    verdict: str
    code: str
    message: str


def judged(row: Record | None, conflicts: Sequence[Conflicting] = ()) -> Record:
    """Return the row that an action has changed; raise the first thing that kept it from being done."""
    if row is None:
        raise NotFound
    if not row.get(ALLOWED, True):
        raise Forbidden
    for conflict in conflicts:
        if not row[conflict.verdict]:
            refused = Conflict(conflict.message)
            refused.slug = conflict.code
            raise refused
    return row
