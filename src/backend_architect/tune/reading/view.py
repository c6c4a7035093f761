"""Where pg_stat_statements is, and which of its columns this version has."""

from dataclasses import dataclass

from backend_architect.errors import ArchitectError, Problem
from backend_architect.postgres import Connection

WHERE_IT_IS = """
SELECT /* backend-architect tune */ n.nspname
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
"""
# 13 has no such view; asking for it would leave an error in the server's log.
INFO_IS_THERE = (
    "SELECT /* backend-architect tune */ to_regclass(format('%I.pg_stat_statements_info', $1::text)) IS NOT NULL"
)
COLUMNS = """
SELECT /* backend-architect tune */ a.attname AS name FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'pg_stat_statements' AND n.nspname = $1 AND a.attnum > 0
"""
JIT = ("jit_generation_time", "jit_inlining_time", "jit_optimization_time", "jit_emission_time")
ENABLE = (
    "add pg_stat_statements to shared_preload_libraries, restart the server, then CREATE EXTENSION pg_stat_statements;"
    " or give the statements as a file: --workload queries.sql"
)


class NoStatements(ArchitectError):
    """The server does not count statements, or not for this role."""


@dataclass(frozen=True, slots=True)
class StatsView:
    """The view: its schema, and its columns, which are those of the extension's version."""

    schema: str
    columns: frozenset[str]
    info: bool = True
    """Whether it tells since when it counts, and how often it forgot statements."""

    @property
    def quoted(self) -> str:
        """Return the schema as it stands between double quotes."""
        return self.schema.replace('"', '""')

    @property
    def time(self) -> str:
        """Return the column of the time that statements ran."""
        return "total_exec_time" if "total_exec_time" in self.columns else "total_time"

    @property
    def top_level(self) -> str:
        """Return the expression that tells whether a client itself called a statement; before 14 nobody knows."""
        return "s.toplevel" if "toplevel" in self.columns else "true"

    @property
    def _squares(self) -> str:
        """Return the expression of the sum of the squares of a statement's times: its spread is the population's."""
        mean, spread = (self.time.replace("total", name) for name in ("mean", "stddev"))
        return f"(s.calls * (s.{mean} ^ 2 + s.{spread} ^ 2))"

    @property
    def numbers(self) -> str:
        """Return the counts of a statement, by the names that they have in a workload."""
        jit = " + ".join(f"s.{name}" for name in JIT if name in self.columns) or "0"
        expressions = {
            "calls": "s.calls",
            "total_ms": f"s.{self.time}",
            "squared_ms": self._squares,
            "rows": "s.rows",
            "blocks": "(s.shared_blks_hit + s.shared_blks_read)",
            "blocks_read": "s.shared_blks_read",
            "temporary_blocks": "(s.temp_blks_read + s.temp_blks_written)",
            "jit_ms": f"({jit})",
            "nested_ms": f"(CASE WHEN {self.top_level} THEN 0 ELSE s.{self.time} END)",
        }
        return ", ".join(f"{expression}::float8 AS {name}" for name, expression in expressions.items())


async def find_view(connection: Connection) -> StatsView:
    """Return where the view is; raise NoStatements, with the way to switch it on, where it is not."""
    schema = await connection.fetchval(WHERE_IT_IS)
    if schema is None:
        raise NoStatements(Problem("no-pg-stat-statements", "the database has no pg_stat_statements", ENABLE))
    columns = frozenset(record["name"] for record in await connection.fetch(COLUMNS, str(schema)))
    return StatsView(str(schema), columns, await connection.fetchval(INFO_IS_THERE, str(schema)))
