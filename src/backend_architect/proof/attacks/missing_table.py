"""A backend broken on purpose, for as long as a block lasts: one of its tables is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend_architect.proof.backend import Backend


@contextmanager
def without_table(backend: Backend, table: str) -> Iterator[None]:
    """Take a table away, and bring it back: statements on it fail as those of a bad deployment would."""
    backend.database.run(f'ALTER TABLE "{table}" RENAME TO "{table}_taken_away"')
    try:
        yield
    finally:
        backend.database.run(f'ALTER TABLE "{table}_taken_away" RENAME TO "{table}"')
