"""A workload from pg_stat_statements: what the server itself counted, by statement, the dearest first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend_architect.errors import Problem
from backend_architect.postgres import Connection, Lost, Refused
from backend_architect.tune.reading.usable_statements import GONE, HIDDEN, LONGEST, TOO_LONG, identity, keep
from backend_architect.tune.reading.view import ENABLE, NoStatements, find_view
from backend_architect.tune.workload import Statement, Workload

SOURCE = "pg_stat_statements"
MAX_STATEMENTS = 5_000
CUT = f"beyond the {MAX_STATEMENTS:,} that take most of the time"

READ = """
SELECT /* backend-architect tune */ left(s.query, {longest} + 1) AS query, coalesce(r.rolname::text, '') AS "user",
       {numbers},
       count(*) OVER () AS counted, (sum(s.{time}) OVER ())::float8 AS counted_ms
FROM "{schema}".pg_stat_statements s LEFT JOIN pg_roles r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.calls > 0
ORDER BY s.{time} DESC LIMIT {most}
"""
INFO = """
SELECT /* backend-architect tune */ extract(epoch FROM now() - stats_reset)::float8 AS seconds, dealloc AS evictions
FROM "{schema}".pg_stat_statements_info
"""
UNREADABLE = {"22021", "22P05"}  # one text of another database makes the whole view fail
FORGET = (
    "a statement of another database has letters that this one's encoding has not; forget that one's, as a superuser:"
    " SELECT pg_stat_statements_reset(0, oid) FROM pg_database WHERE datname = '…'; or give the statements as a file:"
    " --workload queries.sql"
)
EVICTED = (
    "the server forgot its least used statements {:,} times: raise pg_stat_statements.max, or quick ones are missing"
)


async def read_statements(connection: Connection) -> Workload:
    """Return what the server counted in this database; raise NoStatements, with the way to switch it on."""
    view = await find_view(connection)
    statement = READ.format(
        schema=view.quoted, numbers=view.numbers, time=view.time, most=MAX_STATEMENTS, longest=LONGEST
    )
    try:
        records = await connection.fetch(statement)
    except Lost:
        raise
    except Refused as error:
        fix = FORGET if getattr(error, "sqlstate", "") in UNREADABLE else ENABLE
        raise NoStatements(Problem("no-pg-stat-statements", f"pg_stat_statements: {error}", fix)) from error
    seconds, evictions = await _info(connection, view.quoted) if view.info else (None, 0)
    workload = keep(_merged(records), SOURCE, seconds)
    cut = int(records[0]["counted"]) - len(records) if records else 0
    left_out = {**workload.left_out, **({CUT: cut} if cut else {})}
    rest = records[0]["counted_ms"] - sum(each["total_ms"] for each in records) if cut else 0.0
    return replace(
        workload,
        left_out=left_out,
        unread_ms=workload.unread_ms + max(rest, 0.0),
        notes=(EVICTED.format(evictions),) if evictions else (),
    )


def _merged(records: list[Mapping[str, Any]]) -> list[Statement]:
    """Return a statement for each text: the server counts each user, and calls from inside functions, apart."""
    found: dict[str, Statement] = {}
    for number, record in enumerate(records):
        text = record["query"]
        counted = {name: value for name, value in record.items() if name not in {"query", "counted", "counted_ms"}}
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
    except Lost:
        raise
    except Refused:
        return None, 0
    return (records[0]["seconds"], int(records[0]["evictions"])) if records else (None, 0)
