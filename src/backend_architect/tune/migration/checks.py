"""What must hold before the first step: the right database, its primary, and the rights."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend_architect.errors import Problem
from backend_architect.postgres import Connection
from backend_architect.tune.migration.model import Migration, StepKind

Record = Mapping[str, Any]

PLACE = """
SELECT current_database() AS name, pg_is_in_recovery() AS standby, current_user AS role,
       current_setting('transaction_read_only') = 'on' AS read_only,
       has_database_privilege(current_database(), 'CREATE') AS may_create
"""
TABLES = """
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, pg_has_role(c.relowner, 'USAGE') AS owner,
       has_schema_privilege(n.oid, 'CREATE') AS may_create, r.rolname AS owned_by
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
WHERE c.oid = ANY($1::oid[])
"""
EXTENSIONS = """
SELECT a.name, EXISTS (SELECT FROM pg_extension e WHERE e.extname = a.name) AS installed,
       coalesce((SELECT bool_or(v.trusted OR NOT v.superuser) FROM pg_available_extension_versions v
                 WHERE v.name = a.name), false) OR current_setting('is_superuser') = 'on' AS allowed,
       EXISTS (SELECT FROM pg_available_extensions v WHERE v.name = a.name) AS available
FROM unnest($1::text[]) AS a (name)
"""


async def find_obstacles(connection: Connection, migration: Migration) -> tuple[Problem, ...]:
    """Return everything that forbids the migration here; empty when it may begin."""
    place = (await connection.fetch(PLACE))[0]
    if place["name"] != migration.database:
        message = f"the migration was planned for {migration.database}, this is {place['name']}"
        return (Problem("other-database", message, "give the URL that the advice was made with"),)
    if place["standby"]:
        return (Problem("is-standby", "this server is a standby: it cannot be changed", "give the URL of its primary"),)
    if place["read_only"]:
        fix = "use another role, or ALTER ROLE … SET default_transaction_read_only = off"
        return (Problem("read-only", f"transactions of {place['role']} are read-only here", fix),)
    oids = sorted({step.table_oid for step in migration.steps if step.table_oid})
    tables = {record["oid"]: record for record in await connection.fetch(TABLES, oids)}
    names = [step.subject for step in migration.steps if step.kind is StepKind.CREATE_EXTENSION]
    extensions = await connection.fetch(EXTENSIONS, names)
    of_tables = [problem for oid in oids for problem in _of_table(oid, tables.get(oid), migration, place["role"])]
    return (*of_tables, *(problem for each in extensions for problem in _of_extension(each, place)))


def _of_table(oid: int, record: Record | None, migration: Migration, role: str) -> Iterator[Problem]:
    steps = [step for step in migration.steps if step.table_oid == oid]
    name = steps[0].qualified_table
    if record is None or (record["schema"], record["name"]) != (steps[0].schema, steps[0].table):
        message = f"{name} is not the table that the advice was made for"
        yield Problem("other-database", message, "run `architect tune` on this database again")
    elif not record["owner"]:
        fix = f"connect as {record['owned_by']}, or as a member of it"
        yield Problem("not-owner", f"{role} does not own {name}", fix)
    elif not record["may_create"] and any(step.makes_index for step in steps):
        fix = f"GRANT CREATE ON SCHEMA {steps[0].schema} TO {role}"
        yield Problem("not-owner", f"{role} may not create an index in schema {steps[0].schema}", fix)


def _of_extension(record: Record, place: Record) -> Iterator[Problem]:
    name = record["name"]
    if record["installed"]:
        return
    if not record["available"]:
        fix = "install it on the server (often the package postgresql-contrib), or leave out the indexes that need it"
        yield Problem("no-extension", f"the extension {name} is not available on this server", fix)
    elif not record["allowed"] or not place["may_create"]:
        fix = f"let an administrator run: CREATE EXTENSION {name};"
        yield Problem("no-extension", f"{place['role']} may not install the extension {name}", fix)
