"""A workload from pg_stat_statements: what the server itself counted, by statement, the dearest first."""

from collections.abc import Mapping
from typing import Any

from backend_architect.errors import ArchitectError, Problem
from backend_architect.postgres import Connection, Lost, Refused
from backend_architect.tune.reading.kept import identity, keep
from backend_architect.tune.workload import Statement, Workload

SOURCE = "pg_stat_statements"
MOST = 5_000

WHERE_IT_IS = """
SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
"""
READ = """
SELECT s.query, coalesce(r.rolname::text, '') AS "user", s.calls::float8 AS calls,
       s.total_exec_time::float8 AS total_ms, s.rows::float8 AS rows,
       (s.shared_blks_hit + s.shared_blks_read)::float8 AS blocks, s.shared_blks_read::float8 AS blocks_read,
       (s.temp_blks_read + s.temp_blks_written)::float8 AS temporary_blocks,
       coalesce((SELECT sum((to_jsonb(s) ->> name)::float8) FROM unnest(ARRAY['jit_generation_time',
         'jit_inlining_time', 'jit_optimization_time', 'jit_emission_time']) AS name), 0) AS jit_ms
FROM "{schema}".pg_stat_statements s LEFT JOIN pg_roles r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.calls > 0
ORDER BY s.total_exec_time DESC LIMIT {most}
"""
SINCE = """SELECT extract(epoch FROM now() - stats_reset)::float8 FROM "{schema}".pg_stat_statements_info"""
ENABLE = (
    "add pg_stat_statements to shared_preload_libraries, restart the server, then CREATE EXTENSION pg_stat_statements;"
    " or give the statements as a file: --workload queries.sql"
)


class NoStatements(ArchitectError):
    """The server does not count statements, or not for this role."""


async def read_statements(connection: Connection) -> Workload:
    """Return what the server counted in this database; raise NoStatements, with the way to switch it on."""
    schema = await connection.fetchval(WHERE_IT_IS)
    if schema is None:
        raise NoStatements(Problem("no-pg-stat-statements", "the database has no pg_stat_statements", ENABLE))
    quoted = str(schema).replace('"', '""')
    try:
        records = await connection.fetch(READ.format(schema=quoted, most=MOST))
    except Lost:
        raise
    except Refused as error:
        raise NoStatements(Problem("no-pg-stat-statements", f"pg_stat_statements: {error}", ENABLE)) from error
    return keep(_merged(records), SOURCE, await _since(connection, quoted))


def _merged(records: list[Mapping[str, Any]]) -> list[Statement]:
    """Return a statement for each text: the server counts each user apart."""
    found: dict[str, Statement] = {}
    for record in records:
        text = record["query"] or "<insufficient privilege>"
        counted = {name: value for name, value in record.items() if name != "query"}
        own = Statement(id=identity(text), text=text, **counted)
        found[own.id] = own.plus(found.get(own.id))
    return list(found.values())


async def _since(connection: Connection, schema: str) -> float | None:
    """Return for how many seconds the server has counted; before version 14 it does not say."""
    try:
        seconds: float | None = await connection.fetchval(SINCE.format(schema=schema))
    except Refused:
        return None
    return seconds
