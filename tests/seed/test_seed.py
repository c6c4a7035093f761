"""Made-up data fits every design that is right, is the same each time, and is skewed as life is."""

import asyncio
from pathlib import Path

import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import Design, load_design
from backend_architect.postgres import Connection, EmbeddedServer, connect
from backend_architect.queries import build_queries, resolve_design
from backend_architect.schema import build_schema, schema_sql
from backend_architect.seed import plan_seed
from tests.conftest import RIGHT_DESIGNS, ROOT

SOCIAL = ROOT / "examples" / "social-sharing" / "backend.yaml"
USERS = 30


def _sql(design: Design) -> str:
    resolved = resolve_design(design, decide_all(design).is_kept)
    return schema_sql(build_schema(resolved, build_queries(resolved)))


async def _filled(server: EmbeddedServer, design: Design, name: str) -> Connection:
    admin = await connect(server.url())
    await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    connection = await connect(server.url(name))
    await connection.execute(_sql(design))
    for portion in plan_seed(design, USERS):
        for first, last in portion.ranges():
            await connection.execute(portion.insert, first, last)
        if portion.number:
            await connection.execute(portion.number)
    return connection


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: path.parent.name)
def test_every_table_gets_rows(server: EmbeddedServer, path: Path) -> None:
    async def empty_tables() -> list[str]:
        design = load_design(path).design
        connection = await _filled(server, design, "seed_each")
        tables = list(design.rows_by_plural)
        counts = [await connection.fetchval(f'SELECT count(*) FROM "{table}"') for table in tables]
        await connection.close()
        return [table for table, count in zip(tables, counts, strict=True) if not count]

    assert asyncio.run(empty_tables()) == []


def test_it_is_the_same_each_time_and_skewed(server: EmbeddedServer) -> None:
    async def bodies_and_followers() -> tuple[str, list[int]]:
        connection = await _filled(server, load_design(SOCIAL).design, "seed_same")
        text = await connection.fetchval("SELECT string_agg(body, '|' ORDER BY body) FROM posts")
        rows = await connection.fetch("SELECT count(*) AS n FROM follows GROUP BY target_id ORDER BY n DESC")
        await connection.close()
        return str(text), [row["n"] for row in rows]

    first, followers = asyncio.run(bodies_and_followers())
    again, _ = asyncio.run(bodies_and_followers())
    assert first == again
    assert followers[0] > 3 * followers[-1]


def test_rows_that_are_unique_together_are_all_kept(server: EmbeddedServer) -> None:
    """What is inserted twice is left out, so that a poor choice of values would give a nearly empty table."""

    async def sheets_and_lines() -> list[tuple[int, int]]:
        design = load_design(ROOT / "tests/cases/designs/right/every-field/backend.yaml").design
        connection = await _filled(server, design, "seed_together")
        wanted = {portion.table: portion.rows for portion in plan_seed(design, USERS)}
        rows = [(wanted[table], await connection.fetchval(f'SELECT count(*) FROM "{table}"')) for table in wanted]
        await connection.close()
        return rows

    assert all(wanted == found for wanted, found in asyncio.run(sheets_and_lines()))
