"""One checked connection to a PostgreSQL of a version that the built projects can use."""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from backend_architect.errors import DatabaseError, Problem

OLDEST = 18  # uuidv7() appears in 18
CONNECT_SECONDS = 10.0

Connection = Any  # asyncpg has no types of its own
Refused: type[Exception] = asyncpg.PostgresError
"""What a statement raises when the database refuses it."""
Lost: tuple[type[Exception], ...] = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)
"""What a statement raises when the connection is gone."""


async def connect(url: str, *, oldest: int = OLDEST, settings: Mapping[str, str] | None = None) -> Connection:
    """Return an open connection to the database at `url`, with these settings for its session.

    Raises DatabaseError when it is down, refuses the password, has no such database, fails at TLS or is older than
    the major version `oldest`.
    """
    connection = await _open(url, settings or {})
    version = connection.get_server_version()
    if version.major < oldest:
        await connection.close()
        raise _error(
            "database-too-old",
            f"{_where(url)} is PostgreSQL {version.major}.{version.minor}",
            f"PostgreSQL {oldest} or newer is needed" + (" (for uuidv7())" if oldest == OLDEST else ""),
        )
    return connection


async def _open(url: str, settings: Mapping[str, str]) -> Connection:
    where = _where(url)
    try:
        return await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings=dict(settings))
    except asyncpg.InvalidAuthorizationSpecificationError as error:  # a wrong password is one of these
        raise _error("sign-in-refused", f"{where} refuses: {error}", "correct the user and password") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise _error("no-such-database", f"{where}: {error}", "create the database, or correct its name") from error
    except asyncpg.TooManyConnectionsError as error:
        raise _error("too-many-connections", f"{where}: {error}", "close some, or raise max_connections") from error
    except ssl.SSLError as error:
        raise _error("tls-failed", f"{where}: TLS failed: {error}", "correct sslmode or sslrootcert") from error
    except OSError as error:
        raise _unreachable(where, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise _error("connection-failed", f"{where}: {error}", "correct the connection URL") from error


def _unreachable(where: str, error: OSError) -> DatabaseError:
    if "SSL" in str(error):
        return _error("tls-failed", f"{where}: {error}", "correct sslmode in the URL, or switch TLS on in the server")
    reason = str(error) or f"no answer in {CONNECT_SECONDS:.0f} seconds"
    return _error("database-down", f"{where} does not answer: {reason}", "start it, or correct its host and port")


def _where(url: str) -> str:
    """Return the database's place without the password."""
    parts = urlsplit(url)
    try:
        host = f"{parts.hostname or 'local socket'}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        host = "the given URL"
    return f"{host}{parts.path}"


def _error(code: str, message: str, fix: str) -> DatabaseError:
    return DatabaseError(Problem(code, message, fix))
