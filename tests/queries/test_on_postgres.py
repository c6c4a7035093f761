"""Every schema can be created and every statement prepared, on a real PostgreSQL."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import Design, load_design, read_design
from backend_architect.patterns import CompositionRequest, all_patterns, compose
from backend_architect.patterns.text import design_text
from backend_architect.postgres import EmbeddedServer
from backend_architect.queries import build_queries, resolve_design
from backend_architect.schema import build_schema, schema_sql
from tests.conftest import RIGHT_DESIGNS


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: path.parent.name)
def test_every_statement_is_prepared(path: Path, server: EmbeddedServer) -> None:
    assert asyncio.run(problems_of(load_design(path).design, server)) == []


async def problems_of(design: Design, server: EmbeddedServer) -> list[str]:
    """Return what PostgreSQL says against the schema and the statements of a design, in a schema of its own."""
    connection = await asyncpg.connect(server.url())
    try:
        async with connection.transaction():
            await connection.execute(
                "DROP SCHEMA IF EXISTS trial CASCADE; CREATE SCHEMA trial; SET search_path TO trial, public"
            )
            found = await _problems(connection, design)
            await connection.execute("DROP SCHEMA trial CASCADE")
        return found
    finally:
        await connection.close()


async def _problems(connection: asyncpg.Connection, design: Design) -> list[str]:
    decisions = decide_all(design)
    queries = build_queries(resolve_design(design, decisions.is_kept))
    sql = schema_sql(build_schema(resolve_design(design, decisions.is_kept), queries))
    try:
        await connection.execute(sql)
    except asyncpg.PostgresError as error:
        return [f"schema: {error}\n{sql}"]
    found = []
    for query in queries.all():
        try:
            async with connection.transaction():
                prepared = await connection.prepare(query.sql)
                count = len(prepared.get_parameters())
        except asyncpg.PostgresError as error:
            found.append(f"{query.name}: {error}\n{query.sql}")
            continue
        if count != len(query.params):
            found.append(f"{query.name}: {count} parameters, and {len(query.params)} are given")
    return found


@pytest.mark.parametrize("name", [pattern.name for pattern in all_patterns()])
def test_every_statement_of_a_pattern_is_prepared(name: str, server: EmbeddedServer) -> None:
    composition = compose(CompositionRequest((name,)))
    text = design_text({"design": 1, "backend": "x"} | composition.design, composition.comments)
    assert asyncio.run(problems_of(read_design(text, name).design, server)) == []
