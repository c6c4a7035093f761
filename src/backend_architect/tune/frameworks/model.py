"""A framework's migrations, and the units that ours is cut into."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.migration.model import MigrationStep


class Framework(StrEnum):
    """Whose migrations are written."""

    DJANGO = "django"
    RAILS = "rails"
    ALEMBIC = "alembic"
    PRISMA = "prisma"
    SQL = "sql"


FRAMEWORKS = {
    Framework.DJANGO: ("Django", ()),
    Framework.RAILS: ("Rails", ("db/migrate",)),
    Framework.ALEMBIC: ("Alembic", ("alembic/versions", "migrations/versions")),
    Framework.PRISMA: ("Prisma", ("prisma/migrations",)),
}
"""Each framework's name, and where its migrations usually are."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Steps that belong together: done and undone as one. `index` is the one that it makes, where it makes just one."""

    steps: tuple[MigrationStep, ...]
    index: NewIndex | None = None
    index_name: str = ""

    @property
    def digest(self) -> str:
        """Return a short name that is the same for the same steps."""
        return hashlib.sha256("\n".join(step.sql for step in self.steps).encode()).hexdigest()[:8]

    @property
    def title(self) -> str:
        """Return what it does, in one line."""
        first = self.steps[0]
        what = "add index" if self.index else first.kind.value
        return " ".join(f"{what} {self.index_name or first.subject}".split())

    @property
    def why(self) -> tuple[str, ...]:
        """Return what it is for, each in one line."""
        return tuple(dict.fromkeys(" ".join(step.why.split()) for step in self.steps if step.why))

    @property
    def forward(self) -> tuple[str, ...]:
        """Return its statements, without a semicolon at their end."""
        return tuple(_bare(step.sql) for step in self.steps)

    @property
    def backward(self) -> tuple[str, ...]:
        """Return the statements that undo it."""
        return tuple(dict.fromkeys(_bare(step.rollback) for step in reversed(self.steps) if step.rollback))


def _bare(sql: str) -> str:
    return sql.strip().rstrip(";")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who wrote a file, for which database, and when (`20261130214500`)."""

    head: str
    when: str
