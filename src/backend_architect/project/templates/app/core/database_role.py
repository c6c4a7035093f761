"""The role that the application signs in with: it reads and writes rows, and owns nothing.

The migrations run as the owner of the database, `python -m app.migrate`, which gives this role its rights when they are
done, on new tables too. Whoever takes over the application then drops no table, and reads no other database.
"""

import logging
from contextlib import suppress
from urllib.parse import urlsplit

import asyncpg

from app.core.database import Database
from app.core.errors import Problem

ROLE = "app"
RIGHTS = f"""
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM {ROLE};
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


async def give_rights(url: str) -> None:
    """Give the role its rights on what is there by now, as the owner at `url`."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(RIGHTS)
    finally:
        await connection.close()


def as_application(url: str) -> str:
    """Return the URL of a server of one's own, which asks for no password, for the application's role."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{ROLE}@{parts.netloc.rpartition('@')[2]}").geturl()


async def warn_of_role(db: Database) -> None:
    """Say in the log where the application signs in with a role that may do more than it needs."""
    with suppress(Problem, asyncpg.PostgresError):  # without its database it has other worries
        found = await db.fetchrow(TOO_MUCH)
        if found and (found["rules"] or found["owns"]):
            may = "rules the server" if found["rules"] else "owns tables"
            log.warning('the role "%s" %s: sign in with one that owns nothing (README, In production)', found["name"], may)
