"""Reads what a database has counted, with the rights that reading its catalog needs."""

from backend_architect.postgres import Connection
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.comparing.model import CountedIndex, Snapshot
from backend_architect.tune.reading.statements_view import read_statements
from backend_architect.tune.reading.view import NoStatements
from backend_architect.tune.workload import Statement

INDEXES = """
WITH RECURSIVE below (root, oid) AS (
  SELECT indexrelid, indexrelid FROM pg_index
  UNION ALL SELECT b.root, i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.oid
), counted AS (
  SELECT b.root, sum(CASE WHEN c.relkind = 'i' THEN pg_relation_size(c.oid) ELSE 0 END)::int8 AS bytes,
         coalesce(sum(s.idx_scan), 0)::int8 AS scans
  FROM below b JOIN pg_class c ON c.oid = b.oid LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = b.oid
  GROUP BY b.root
)
SELECT n.nspname AS schema, c.relname AS name, t.relname AS "table", pg_get_indexdef(c.oid) AS definition,
       k.bytes, k.scans, x.indisvalid AS valid, c.relkind = 'I' AS parent,
       x.indisunique OR x.indisprimary OR x.indisreplident OR x.indisexclusion AS enforces
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN counted k ON k.root = c.oid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%'
  AND NOT c.relispartition
ORDER BY n.nspname, c.relname
"""
NOW = "SELECT current_database() AS name, extract(epoch FROM clock_timestamp())::float8 AS taken"


async def take_snapshot(connection: Connection) -> Snapshot:
    """Return the counts as they are now; `statements` is None where pg_stat_statements is not there."""
    now = (await connection.fetch(NOW))[0]
    records = await connection.fetch(INDEXES)
    statements: tuple[Statement, ...] | None = None
    seconds = None
    try:
        workload = await read_statements(connection)
        statements, seconds = workload.statements, workload.seconds
    except NoStatements:
        pass
    return Snapshot(
        database=now["name"],
        version=connection.get_server_version().major,
        taken=now["taken"],
        seconds=seconds,
        indexes=tuple(_index(**record) for record in records),
        statements=statements,
    )


def _index(schema: str, name: str, table: str, **counted: object) -> CountedIndex:
    full = full_name(schema, name)
    return CountedIndex(full, full_name(schema, table), **counted)  # type: ignore[arg-type]
