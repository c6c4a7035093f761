"""Reads a database once, on one connection that cannot change anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backend_architect.errors import DatabaseError, Problem
from backend_architect.postgres import Connection, Lost, connect, leave
from backend_architect.postgres.catalog import Catalog, read_catalog, read_settings
from backend_architect.tune.observed import Observed
from backend_architect.tune.reading.any_files import database_of, read_workload
from backend_architect.tune.reading.statements_view import read_statements
from backend_architect.tune.reading.view import NoStatements
from backend_architect.tune.row_security import with_policies
from backend_architect.tune.tenants import with_largest_tenant
from backend_architect.tune.unreadable import LOST_FIX, unread
from backend_architect.tune.variables import with_parameters
from backend_architect.tune.workload import Workload

OLDEST = 13
STATEMENT_MS = 10_000
ANSWER_SECONDS = 15.0
"""A server that does not even cancel a statement is not there any more."""
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


async def observe(url: str, workload: Path | Workload | None = None) -> Observation:
    """Return a database as it is now, with a workload, that of a file or folder, or else that of pg_stat_statements.

    A connection that is lost is opened once more; lost again, what was read so far is returned. Raises DatabaseError
    when the database cannot be reached or is older than 13, and WorkloadError for a file that holds no statement.
    """
    given = read_workload(workload, database_of(url)) if isinstance(workload, Path) else workload
    first = await _read(url, given)
    if first is not None and not _lost(first):
        return first
    try:
        again = await _read(url, given)
    except DatabaseError:
        again = None
    best = again or first
    if best is None:
        raise DatabaseError(Problem("connection-lost", "the connection was lost before anything was read", LOST_FIX))
    return best


def _lost(observation: Observation) -> bool:
    return any(problem.code == "connection-lost" for problem in observation.problems)


async def _read(url: str, given: Workload | None) -> Observation | None:
    """Return what is read before a connection ends, None where that is nothing."""
    settings = await _settings(url)
    if settings is None:
        return None
    connection = await connect(url, oldest=OLDEST, settings=READ_ONLY, answer_seconds=ANSWER_SECONDS)
    try:
        catalog = replace(await read_catalog(connection), settings=settings)
        given, problems = (given, ()) if given else await _statements(connection)
    except Lost:
        return None
    finally:
        await leave(connection)
    lost = catalog.lost or problems is None
    given = _as_it_runs(given, catalog) if given else None
    return Observation(Observed(catalog, given), (*(problems or ()), *unread(catalog, lost=lost)))


def _as_it_runs(workload: Workload, catalog: Catalog) -> Workload:
    """Return the workload with what its texts do not tell: the schema of a tenant, variables, and row security."""
    return with_policies(with_parameters(with_largest_tenant(workload, catalog), catalog), catalog)


async def _settings(url: str) -> Mapping[str, str] | None:
    """Return the server's settings, on a connection without timeouts of its own, which would hide the server's.

    None of ours is set later by SQL: behind a pooler that would stay set for other clients.
    """
    connection = await connect(url, oldest=OLDEST, settings=QUIET, answer_seconds=ANSWER_SECONDS)
    try:
        return await read_settings(connection)
    except Lost:
        return None
    finally:
        await leave(connection)


async def _statements(connection: Connection) -> tuple[Workload | None, tuple[Problem, ...] | None]:
    """Return what the server counted, and what hinders it; None for problems where the connection is lost."""
    try:
        return await read_statements(connection), ()
    except NoStatements as error:
        return None, error.problems
    except Lost:
        return None, None
