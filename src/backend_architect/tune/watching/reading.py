"""pg_stat_statements as numbers alone, and the texts of some of its statements."""

from collections.abc import Collection, Mapping
from typing import Any

from backend_architect.postgres import Connection, Lost, Refused
from backend_architect.tune.reading.usable_statements import LONGEST
from backend_architect.tune.reading.view import StatsView
from backend_architect.tune.watching.differences import Key, Reading

NUMBERS = """
SELECT /* backend-architect tune */ s.userid::int8 AS "user", s.queryid AS query, {top_level} AS top_level, {numbers}
FROM "{schema}".pg_stat_statements(false) s
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
TEXTS = """
SELECT /* backend-architect tune */ s.userid::int8 AS "user", s.queryid AS query, {top_level} AS top_level,
       left(s.query, {longest} + 1) AS text, coalesce(r.rolname::text, '') AS name
FROM "{schema}".pg_stat_statements s LEFT JOIN pg_roles r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.queryid = ANY($1::int8[])
"""
INFO = """
SELECT /* backend-architect tune */ extract(epoch FROM stats_reset)::float8 AS reset, dealloc AS forgotten
FROM "{schema}".pg_stat_statements_info
"""


async def read_numbers(connection: Connection, view: StatsView) -> Reading:
    """Return the counts of every statement of this database; their texts stay where they are."""
    statement = NUMBERS.format(schema=view.quoted, top_level=view.top_level, numbers=view.numbers)
    records = await connection.fetch(statement)
    info = await _info(connection, view)
    keys = ("user", "query", "top_level")
    numbers = {
        _key(record): {name: value for name, value in record.items() if name not in keys}
        for record in records
        if record["query"] is not None
    }
    hidden = sum(record["query"] is None for record in records)
    return Reading(numbers, info["reset"], int(info["forgotten"]), hidden)


async def _info(connection: Connection, view: StatsView) -> Mapping[str, Any]:
    """Return since when the server counts, and how often it forgot statements; before 14 it does not say."""
    nothing: Mapping[str, Any] = {"reset": None, "forgotten": 0}
    if not view.info:
        return nothing
    try:
        return next(iter(await connection.fetch(INFO.format(schema=view.quoted))), nothing)
    except Lost:
        raise
    except Refused:
        return nothing


async def read_texts(
    connection: Connection, view: StatsView, keys: Collection[Key]
) -> Mapping[Key, tuple[str | None, str]]:
    """Return the text and the user of these statements; the text is None where the server lost it."""
    asked = sorted({query for _, query, _ in keys})
    statement = TEXTS.format(schema=view.quoted, top_level=view.top_level, longest=LONGEST)
    records = await connection.fetch(statement, asked)
    found = {_key(record): (record["text"], record["name"]) for record in records}
    return {key: value for key, value in found.items() if key in set(keys)}


def _key(record: Mapping[str, Any]) -> Key:
    return (record["user"], record["query"], record["top_level"])
