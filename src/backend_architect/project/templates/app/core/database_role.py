"""The role that the application signs in with: it reads and writes rows, and owns nothing.

The migrations run as the owner of the database, `python -m app.migrate`, which gives this role its rights when they are
done, on new tables too. Whoever takes over the application then drops no table, and reads no other database.
"""

import logging
from urllib.parse import quote, urlsplit

import asyncpg

ROLE = "app"
KNOWN = "SELECT /* role.known */ true FROM pg_roles WHERE rolname = $1"
RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM {role};
"""
TOO_MUCH = """
SELECT /* role.too_much */ current_user AS name, rolsuper OR rolbypassrls OR rolcreaterole AS rules,
    EXISTS (
        SELECT FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'USAGE')
    ) AS owns
FROM pg_roles WHERE rolname = current_user
"""

log = logging.getLogger("app.core.database")


async def give_rights(url: str, role: str = ROLE) -> bool:
    """Give the role its rights on what is there by now, as the owner at `url`; return whether there is such a role."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval(KNOWN, role):
            return False
        await connection.execute(RIGHTS.format(role='"' + role.replace('"', '""') + '"'))
        return True
    finally:
        await connection.close()


async def own_role(url: str) -> str:
    """Return the URL of a server of one's own for the application's role, which is made where it is missing."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval(KNOWN, ROLE):
            await connection.execute(f"CREATE ROLE {ROLE} LOGIN")
    finally:
        await connection.close()
    await give_rights(url)
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(ROLE)}@{host}").geturl()


async def warn_of_role(url: str) -> None:
    """Say in the log where the application signs in with a role that may do more than it needs."""
    try:
        connection = await asyncpg.connect(url, timeout=10, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError):
        return  # the application itself says what is wrong with its database
    try:
        found = await connection.fetchrow(TOO_MUCH)
    finally:
        await connection.close()
    if found and (found["rules"] or found["owns"]):
        may = "rules the server" if found["rules"] else "owns tables"
        log.warning('the role "%s" %s: sign in with one that owns nothing (README, In production)', found["name"], may)
