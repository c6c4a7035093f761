"""Made-up data in an empty database."""

from collections.abc import Callable, Sequence

from backend_architect.design.model import Design
from backend_architect.postgres import Connection, Refused, connect
from backend_architect.seed import Portion, plan_seed


async def fill(url: str, design: Design, users: int, *, anew: bool, tell: Callable[[str], None]) -> dict[str, int]:
    """Return the number of rows in each table that was filled; a database that holds rows already is left alone.

    With `anew` the tables are emptied first: what a killed filling left behind is not worth keeping.
    """
    portions = plan_seed(design, users)
    connection = await connect(url)
    try:
        if anew:
            await _empty(connection, portions)
        elif await _holds_rows(connection, portions):
            return {}
        return {portion.table: await _fill_table(connection, portion, tell) for portion in portions}
    finally:
        await connection.close()


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
        tell(f"Made-up rows of {portion.table} do not fit its rules, it stays without: {error}")
    if portion.number:
        await connection.execute(portion.number)
    await connection.execute(f'ANALYZE "{portion.table}"')
    return int(await connection.fetchval(f'SELECT count(*) FROM "{portion.table}"'))
