"""Who connects to a twin: code that came with a structure is only ever run by a role that can do nothing but there.

A function, a domain's check or a view of somebody else's database is evaluated when statements are planned, statistics
are written and indexes are made. For a superuser that would be a program of theirs on this machine. SET ROLE would not
do, since a function can undo it: the role itself logs in.
"""

from dataclasses import dataclass

from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.session import Session

RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
ONLY_CATALOG = {"search_path": "pg_catalog"}
"""Nothing that is in another schema can be taken for what a superuser's statement means."""


@dataclass(frozen=True, slots=True)
class Logins:
    """The URLs of a twin: the `superuser` works on the catalog alone, the `owner` has all else and evaluates it."""

    superuser: str
    owner: str


def superuser_session(url: str) -> Session:
    """Return a superuser's session; nothing may be asked in it that evaluates what was copied."""
    return Session(url, settings=ONLY_CATALOG)


def create_role(name: str) -> str:
    """Return the statements that make a role without rights outside the databases that are made for it.

    It may read every catalog, so that statements on them are planned; there is no password in these.
    """
    return f"CREATE ROLE {quoted(name)} {RIGHTS}; GRANT pg_read_all_data TO {quoted(name)}"


def drop_role(name: str) -> str:
    """Return the statement that drops such a role, once its databases are gone."""
    return f"DROP ROLE IF EXISTS {quoted(name)}"
