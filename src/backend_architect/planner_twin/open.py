"""A twin of a running database by its address alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backend_architect.planner_twin.copy import Copy, Known, TableName, grow_schemas, make_copy, read_known, twin_server
from backend_architect.planner_twin.structure import Named, read_structure
from backend_architect.planner_twin.trying import IndexTrial
from backend_architect.postgres.session import Session

OLDEST = 13
READ_ONLY = {"default_transaction_read_only": "on", "statement_timeout": "10000", "lock_timeout": "1000"}


class PlannerTwin:
    """A database that PostgreSQL plans as the one that was read, at the size that it is shown."""

    def __init__(self, copy: Copy, known: Known) -> None:
        self._twin = copy.twin
        self._references = known.references
        self._times = 1.0
        self.left_out: tuple[Named, ...] = (*copy.left_out, *known.problems)
        """What is not on it as it is in the database, each with its kind, its name and the reason."""
        self.without_statistics: tuple[str, ...] = (*known.unseen, *known.never_analyzed)
        """Tables, as SQL, whose statistics the role may not see, or that nobody has analyzed."""

    def explain(self, sql: str, types: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the plan of one statement for unknown parameters ($1, $2, …), as EXPLAIN (FORMAT JSON) has it.

        `types` names the types of the parameters where the statement does not tell them. Raises Refused, or what else
        the server raises when it does not take the statement.
        """
        return self._twin.explain(sql, types)

    def rows(self) -> Mapping[str, float]:
        """Return the rows that each table is planned with, by `schema.table`."""
        return {f"{each.schema}.{table.name}": table.rows for each in self._twin.schemas for table in each.tables}

    def grow(self, times: float) -> None:
        """Plan from now on as if every table had so many times the rows of the database that was read."""
        now = {TableName(each.schema, table.name): table.rows for each in self._twin.schemas for table in each.tables}
        rows = {table: count * times / self._times for table, count in now.items()}
        self._twin.resize(*grow_schemas(self._twin.schemas, rows, self._references))
        self._times = times

    def create_indexes(self, *statements: str) -> tuple[IndexTrial, ...]:
        """Return what each CREATE INDEX made: its size in `bytes`, or why it was `refused`.

        All are planned from now on, and grow with their tables.
        """
        return self._twin.create_indexes(statements)


@contextmanager
def open_twin(url: str, *, folder: Path | None = None) -> Iterator[PlannerTwin]:
    """Give a twin of a database, which is dropped with the block.

    The database is read on one connection that cannot write, takes no lock but those of reading the catalog, and is
    closed before the twin is made. The twin is on an embedded PostgreSQL 18, whose files are in `folder`, else in the
    user's cache. Raises DatabaseError where the database cannot be reached or is older than 13, or where no server can
    be started here.
    """
    with Session(url, oldest=OLDEST, settings=READ_ONLY) as session:
        structure = read_structure(session)
        known = read_known(session, structure.schemas)
    with twin_server(folder) as server:
        copy = make_copy(server, structure, known)
        try:
            yield PlannerTwin(copy, known)
        finally:
            copy.twin.close()
