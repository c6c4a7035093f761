"""Made-up data in an empty database."""

from collections.abc import Callable, Sequence

from backend_architect.design.model import Design
from backend_architect.postgres import Connection, EmbeddedServer, Lost, Refused, connect, failure_while_running, leave
from backend_architect.seed import Portion, plan_seed

ABOUT_ROWS = ("22", "23", "P0")
"""Classes of SQLSTATE: data exceptions, violated constraints, what triggers raise."""


async def fill(
    database: EmbeddedServer, design: Design, users: int, *, anew: bool, tell: Callable[[str], None]
) -> dict[str, int]:
    """Return the number of rows in each table that was filled; a database that holds rows already is left alone.

    With `anew` the tables are emptied first: what a killed filling left behind is not worth keeping.
    Raises DatabaseError where the database fails, on a full disk for one.
    """
    portions = plan_seed(design, users)
    connection = await connect(database.url())
    try:
        if anew:
            await _empty(connection, portions)
        elif await _holds_rows(connection, portions):
            return {}
        return {portion.table: await _fill_table(connection, portion, tell) for portion in portions}
    except (Refused, *Lost) as error:
        raise failure_while_running(error, database.folder) from error
    finally:
        await leave(connection)


def _is_about_rows(error: Exception) -> bool:
    """Return whether the rows are refused for what they hold, and not because the disk is full, for one."""
    return str(getattr(error, "sqlstate", "")).startswith(ABOUT_ROWS)


async def _holds_rows(connection: Connection, portions: Sequence[Portion]) -> bool:
    for portion in portions:
        if await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{portion.table}")'):
            return True
    return False


async def _empty(connection: Connection, portions: Sequence[Portion]) -> None:
    tables = ", ".join(f'"{portion.table}"' for portion in portions)
    await connection.execute(f"TRUNCATE {tables} CASCADE")


async def _fill_table(connection: Connection, portion: Portion, tell: Callable[[str], None]) -> int:
    try:
        for first, last in portion.ranges():
            await connection.execute(portion.insert, first, last)
    except Refused as error:
        if not _is_about_rows(error):
            raise
        tell(f"Made-up rows of {portion.table} do not fit its rules, it stays without: {error}")
    if portion.number:
        await connection.execute(portion.number)
    await connection.execute(f'ANALYZE "{portion.table}"')
    return int(await connection.fetchval(f'SELECT count(*) FROM "{portion.table}"'))
