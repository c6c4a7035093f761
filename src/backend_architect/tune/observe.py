"""Reads a database once, on one connection that cannot change anything."""

from dataclasses import dataclass
from pathlib import Path

from backend_architect.errors import Problem
from backend_architect.postgres import connect
from backend_architect.postgres.catalog import read_catalog
from backend_architect.tune.observed import Observed
from backend_architect.tune.reading.any_files import database_of, read_workload
from backend_architect.tune.reading.statements_view import NoStatements, read_statements

OLDEST = 13
STATEMENT_MS = 10_000
READ_ONLY = {
    "default_transaction_read_only": "on",
    "statement_timeout": str(STATEMENT_MS),
    "lock_timeout": "1000",
    "idle_in_transaction_session_timeout": "30000",
    "application_name": "backend-architect tune",
}


@dataclass(frozen=True, slots=True)
class Observation:
    """What was read, and what could not be."""

    observed: Observed
    problems: tuple[Problem, ...]


async def observe(url: str, workload: Path | None = None) -> Observation:
    """Return a database as it is now, with the workload of a file or folder, else of pg_stat_statements.

    Raises DatabaseError when it cannot be reached or is older than 13, and WorkloadError for a file that holds none.
    """
    given = read_workload(workload, database_of(url)) if workload else None
    connection = await connect(url, oldest=OLDEST, settings=READ_ONLY)
    problems: list[Problem] = []
    try:
        catalog = await read_catalog(connection)
        if given is None:
            try:
                given = await read_statements(connection)
            except NoStatements as error:
                problems += error.problems
    finally:
        await connection.close()
    problems += [_unseen(part) for part in catalog.unseen]
    return Observation(Observed(catalog, given), tuple(problems))


def _unseen(part: str) -> Problem:
    return Problem("not-visible", f"this role may not read {part}", "grant it pg_monitor to see more")
