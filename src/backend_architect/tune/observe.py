"""Reads a database once, on one connection that cannot change anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backend_architect.errors import Problem
from backend_architect.postgres import connect
from backend_architect.postgres.catalog import read_catalog, read_settings
from backend_architect.tune.observed import Observed
from backend_architect.tune.reading.files import read_files
from backend_architect.tune.reading.statements_view import NoStatements, read_statements

OLDEST = 13
STATEMENT_MS = 10_000
QUIET = {"default_transaction_read_only": "on", "application_name": "backend-architect tune"}
READ_ONLY = {
    **QUIET,
    "statement_timeout": str(STATEMENT_MS),
    "lock_timeout": "1000",
    "idle_in_transaction_session_timeout": "30000",
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
    given = read_files(workload) if workload else None
    settings = await _settings(url)
    connection = await connect(url, oldest=OLDEST, settings=READ_ONLY)
    problems: list[Problem] = []
    try:
        catalog = replace(await read_catalog(connection), settings=settings)
        if given is None:
            try:
                given = await read_statements(connection)
            except NoStatements as error:
                problems += error.problems
    finally:
        await connection.close()
    problems += [_unseen(part) for part in catalog.unseen]
    return Observation(Observed(catalog, given), tuple(problems))


async def _settings(url: str) -> Mapping[str, str]:
    """Return the settings as the server gives them, without the timeouts that reading sets for itself."""
    connection = await connect(url, oldest=OLDEST, settings=QUIET)
    try:
        return await read_settings(connection)
    finally:
        await connection.close()


def _unseen(part: str) -> Problem:
    return Problem("not-visible", f"this role may not read {part}", "grant it pg_monitor to see more")
