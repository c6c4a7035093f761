"""A migration: what is done to a database, one step after the other, each outside of a transaction."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from backend_architect.postgres.catalog.model import full_name


class StepKind(StrEnum):
    """What a step does."""

    CREATE_EXTENSION = "create extension"
    CREATE_INDEX = "create index"
    CREATE_PARENT_INDEX = "create index of a partitioned table"
    ATTACH_INDEX = "attach index"
    DROP_INDEX = "drop index"
    DROP_PARENT_INDEX = "drop index of a partitioned table"
    REINDEX = "rebuild index"
    CREATE_STATISTICS = "create statistics"
    ANALYZE = "analyze"
    VACUUM = "vacuum"
    SET_OPTIONS = "set options"


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """One statement. `schema` and `table` are plain names, '' where it is about no table.

    `index` is the plain name of the index that it makes, attaches, drops or rebuilds, in the same schema. `bytes` is
    what it will take, or what it gives back. `serves` are ids of the statements that it is for. `after` are ids of the
    steps that must have succeeded before.
    """

    id: str
    kind: StepKind
    sql: str
    schema: str = ""
    table: str = ""
    table_oid: int = 0
    index: str = ""
    bytes: int = 0
    gain: float = 0.0
    why: str = ""
    serves: tuple[str, ...] = ()
    rollback: str = ""
    after: tuple[str, ...] = ()

    @property
    def qualified_table(self) -> str:
        """Return the table as SQL, always with its schema; '' where there is none."""
        return full_name(self.schema, self.table) if self.table else ""

    @property
    def qualified_index(self) -> str:
        """Return the index as SQL, always with its schema; '' where there is none."""
        return full_name(self.schema, self.index) if self.index else ""

    @property
    def subject(self) -> str:
        """Return what it is about, as SQL."""
        return self.qualified_index or self.qualified_table or self.id.partition(":")[2]

    @property
    def makes_index(self) -> bool:
        """Return whether an index is new afterwards."""
        return self.kind in {StepKind.CREATE_INDEX, StepKind.CREATE_PARENT_INDEX}


@dataclass(frozen=True, slots=True)
class Migration:
    """Steps in the order in which they run. `left_out` says, line by line, what it does not do and why."""

    database: str
    version: int
    steps: tuple[MigrationStep, ...]
    left_out: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Return what the new indexes take."""
        return sum(step.bytes for step in self.steps if step.makes_index)

    @property
    def freed(self) -> int:
        """Return what the dropped indexes give back."""
        return sum(step.bytes for step in self.steps if step.kind in {StepKind.DROP_INDEX, StepKind.DROP_PARENT_INDEX})

    @property
    def digest(self) -> str:
        """Return a short name that is the same for the same steps on the same database."""
        whole = "\n".join([self.database, *(f"{step.id} {step.table_oid} {step.sql}" for step in self.steps)])
        return hashlib.sha256(whole.encode()).hexdigest()[:12]
