"""Whom a request is answered for, as values."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """Anybody who asks; `id` and `session` are None for somebody who has not signed in."""

    id: UUID | None
    roles: frozenset[str]
    session: UUID | None

    def has(self, role: str) -> bool:
        """Return whether this viewer holds the role."""
        return role in self.roles


@dataclass(frozen=True, slots=True)
class Caller(Viewer):
    """Somebody who has signed in."""

    id: UUID
    session: UUID


ANONYMOUS = Viewer(id=None, roles=frozenset(), session=None)
