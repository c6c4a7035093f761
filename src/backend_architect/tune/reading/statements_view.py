"""A workload from pg_stat_statements: what the server itself counted, by statement, the dearest first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend_architect.errors import ArchitectError, Problem
from backend_architect.postgres import Connection, Lost, Refused
from backend_architect.tune.reading.kept import GONE, HIDDEN, TOO_LONG, identity, keep
from backend_architect.tune.workload import Statement, Workload

SOURCE = "pg_stat_statements"
MOST, LONGEST = 5_000, 100_000
CUT = f"beyond the {MOST:,} that take most of the time"

WHERE_IT_IS = """
SELECT /* backend-architect tune */ n.nspname
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
"""
COLUMNS = """
SELECT /* backend-architect tune */ a.attname AS name FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'pg_stat_statements' AND n.nspname = $1 AND a.attnum > 0
"""
READ = """
SELECT /* backend-architect tune */ left(s.query, {longest} + 1) AS query, coalesce(r.rolname::text, '') AS "user",
       s.calls::float8 AS calls, s.{time}::float8 AS total_ms, s.rows::float8 AS rows,
       (s.shared_blks_hit + s.shared_blks_read)::float8 AS blocks, s.shared_blks_read::float8 AS blocks_read,
       (s.temp_blks_read + s.temp_blks_written)::float8 AS temporary_blocks,
       CASE WHEN {top_level} THEN 0 ELSE s.{time} END::float8 AS nested_ms, ({jit})::float8 AS jit_ms,
       count(*) OVER () AS counted
FROM "{schema}".pg_stat_statements s LEFT JOIN pg_roles r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.calls > 0
ORDER BY s.{time} DESC LIMIT {most}
"""
JIT = ("jit_generation_time", "jit_inlining_time", "jit_optimization_time", "jit_emission_time")
INFO = """
SELECT /* backend-architect tune */ extract(epoch FROM now() - stats_reset)::float8 AS seconds, dealloc AS evictions
FROM "{schema}".pg_stat_statements_info
"""
ENABLE = (
    "add pg_stat_statements to shared_preload_libraries, restart the server, then CREATE EXTENSION pg_stat_statements;"
    " or give the statements as a file: --workload queries.sql"
)
EVICTED = (
    "the server forgot its least used statements {:,} times: raise pg_stat_statements.max, or quick ones are missing"
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
        records = await connection.fetch(await _statement(connection, str(schema)))
    except Lost:
        raise
    except Refused as error:
        raise NoStatements(Problem("no-pg-stat-statements", f"pg_stat_statements: {error}", ENABLE)) from error
    seconds, evictions = await _info(connection, quoted)
    workload = keep(_merged(records), SOURCE, seconds)
    cut = int(records[0]["counted"]) - len(records) if records else 0
    left_out = {**workload.left_out, **({CUT: cut} if cut else {})}
    return replace(workload, left_out=left_out, notes=(EVICTED.format(evictions),) if evictions else ())


async def _statement(connection: Connection, schema: str) -> str:
    """Return the statement that reads the view, whose columns are those of the extension's version."""
    columns = {record["name"] for record in await connection.fetch(COLUMNS, schema)}
    return READ.format(
        schema=schema.replace('"', '""'),
        time="total_exec_time" if "total_exec_time" in columns else "total_time",
        top_level="s.toplevel" if "toplevel" in columns else "true",
        jit=" + ".join(f"s.{name}" for name in JIT if name in columns) or "0",
        most=MOST,
        longest=LONGEST,
    )


def _merged(records: list[Mapping[str, Any]]) -> list[Statement]:
    """Return a statement for each text: the server counts each user, and calls from inside functions, apart."""
    found: dict[str, Statement] = {}
    for number, record in enumerate(records):
        text = record["query"]
        counted = {name: value for name, value in record.items() if name not in {"query", "counted"}}
        if text is None or text == HIDDEN or len(text) > LONGEST:  # each of them may be another statement
            text = {None: GONE, HIDDEN: HIDDEN}.get(text, TOO_LONG)
            found[str(number)] = Statement(id=str(number), text=text, **counted)
            continue
        own = Statement(id=identity(text), text=text, **counted)
        found[own.id] = own.plus(found.get(own.id))
    return list(found.values())


async def _info(connection: Connection, schema: str) -> tuple[float | None, int]:
    """Return for how many seconds the server has counted, and how often it forgot statements; 13 does not say."""
    try:
        records = await connection.fetch(INFO.format(schema=schema))
    except Refused:
        return None, 0
    return (records[0]["seconds"], int(records[0]["evictions"])) if records else (None, 0)
