"""Made-up data in an empty database."""

from backend_architect.design.model import Design
from backend_architect.postgres import Connection, connect
from backend_architect.seed import Portion, plan_seed


async def fill(url: str, design: Design, users: int) -> dict[str, int]:
    """Return the number of rows in each table that was filled; a database that holds rows already is left alone."""
    portions = plan_seed(design, users)
    connection = await connect(url)
    try:
        for portion in portions:
            if await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{portion.table}")'):
                return {}
        return {portion.table: await _fill_table(connection, portion) for portion in portions}
    finally:
        await connection.close()


async def _fill_table(connection: Connection, portion: Portion) -> int:
    for first, last in portion.ranges():
        await connection.execute(portion.insert, first, last)
    if portion.number:
        await connection.execute(portion.number)
    await connection.execute(f'ANALYZE "{portion.table}"')
    return int(await connection.fetchval(f'SELECT count(*) FROM "{portion.table}"'))
