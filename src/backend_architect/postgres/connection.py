"""One checked connection to a PostgreSQL of a version that the built projects can use."""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from backend_architect.errors import DatabaseError, Problem

OLDEST = 18  # uuidv7() appears in 18
CONNECT_SECONDS = 10.0
LEAVE_SECONDS = 2.0
TLS_FILES = {"sslrootcert", "sslcert", "sslkey", "sslcrl"}
UNREAD = "the given URL"
POOLER_FIX = "connect to PostgreSQL itself: a pooler in between does not pass on that the session is read-only"
IGNORED = """
SELECT coalesce(string_agg(name, ', ' ORDER BY name), '') FROM pg_settings
WHERE name = ANY ($1) AND source NOT IN ('client', 'session')
"""
URL_FIX = (
    "write postgresql://user:password@host:port/database, with %40 for an @ in the password, %2F for a /, %23 for a #"
)

Connection = Any  # asyncpg has no types of its own
Refused: type[Exception] = asyncpg.PostgresError
"""What a statement raises when the database refuses it."""
LockHeld: type[Exception] = asyncpg.LockNotAvailableError
"""What it raises when it has waited for a lock for as long as it may."""
Lost: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    OSError,
)
"""What a statement raises when the connection is gone; some are Refused too."""


async def connect(
    url: str, *, oldest: int = OLDEST, settings: Mapping[str, str] | None = None, answer_seconds: float | None = None
) -> Connection:
    """Return an open connection to the database at `url`, with these settings for its session.

    Raises DatabaseError when it is down, refuses the password, has no such database, fails at TLS, is older than the
    major version `oldest`, or has a pooler before it that drops the settings. A statement without an answer in
    `answer_seconds` raises one of Lost.
    """
    connection = await _open(url, settings or {}, answer_seconds)
    version = connection.get_server_version()
    if version.major < oldest:
        await leave(connection)
        raise _error(
            "database-too-old",
            f"{_where(url)} is PostgreSQL {version.major}.{version.micro if version.major >= 10 else version.minor}",
            f"PostgreSQL {oldest} or newer is needed" + (" (for uuidv7())" if oldest == OLDEST else ""),
        )
    if settings:
        await _check_settings(connection, _where(url), list(settings))
    return connection


async def leave(connection: Connection) -> None:
    """Close a connection, also one that is lost already."""
    try:
        await connection.close(timeout=LEAVE_SECONDS)
    except Lost:
        connection.terminate()


async def _check_settings(connection: Connection, where: str, names: list[str]) -> None:
    """Raise DatabaseError where the session does not have these settings: some poolers take them and drop them."""
    try:
        ignored = await connection.fetchval(IGNORED, names)
    except (Refused, *Lost) as error:
        await leave(connection)
        raise _failed(where, error) from error
    if ignored:
        await leave(connection)
        raise _error("pooler-in-between", f"{where} does not take the settings {ignored}", POOLER_FIX)


async def _open(url: str, settings: Mapping[str, str], answer_seconds: float | None) -> Connection:
    where = _where(url)
    try:
        return await asyncpg.connect(
            url, timeout=CONNECT_SECONDS, command_timeout=answer_seconds, server_settings=dict(settings)
        )
    except asyncpg.InvalidAuthorizationSpecificationError as error:  # a wrong password is one of these
        raise _refused(where, error) from error
    except asyncpg.InsufficientPrivilegeError as error:
        fix = "let the role in: GRANT CONNECT ON DATABASE … TO …"
        raise _error("sign-in-refused", f"{where} refuses: {error}", fix) from error
    except asyncpg.InvalidCatalogNameError as error:
        raise _error("no-such-database", f"{where}: {error}", "create the database, or correct its name") from error
    except asyncpg.TooManyConnectionsError as error:
        raise _error("too-many-connections", f"{where}: {error}", "close some, or raise max_connections") from error
    except ssl.SSLError as error:
        raise _error("tls-failed", f"{where}: TLS failed: {error}", "correct sslmode or sslrootcert") from error
    except OSError as error:
        raise _unreachable(where, _tls_files(url), error) from error
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise _unread(where, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _failed(where, error) from error


def _refused(where: str, error: Exception) -> DatabaseError:
    if "no encryption" in str(error):
        return _error("tls-required", f"{where} refuses: {error}", "add ?sslmode=require to the URL")
    return _error("sign-in-refused", f"{where} refuses: {error}", "correct the user and password")


def _unread(where: str, error: Exception) -> DatabaseError:
    """Return what is wrong with a URL; the error is not repeated, as it holds parts of it: perhaps the password."""
    if str(error).startswith("root certificate file"):
        message = f"{where}: there is no root certificate to check the server's with, or it cannot be read"
        fix = "name its file by &sslrootcert=… in the URL, or write sslmode=require to trust any server"
        return _error("tls-failed", message, fix)
    return _error("connection-failed", "the connection URL cannot be read", URL_FIX)


def _failed(where: str, error: Exception) -> DatabaseError:
    if "startup parameter" in str(error):
        return _error("pooler-in-between", f"{where}: {error}", POOLER_FIX)
    return _error("connection-failed", f"{where}: {error}", "correct the connection URL")


def _unreachable(where: str, tls_files: str, error: OSError) -> DatabaseError:
    if tls_files and isinstance(error, FileNotFoundError | PermissionError):
        return _error("tls-failed", f"{where}: {error.strerror}: {tls_files}", "correct these in the URL")
    if "SSL" in str(error):
        return _error("tls-failed", f"{where}: {error}", "correct sslmode in the URL, or switch TLS on in the server")
    reason = str(error) or f"no answer in {CONNECT_SECONDS:.0f} seconds"
    return _error("database-down", f"{where} does not answer: {reason}", "start it, or correct its host and port")


def _tls_files(url: str) -> str:
    """Return the files that the URL names for TLS."""
    named = [part for part in urlsplit(url).query.split("&") if part.split("=")[0] in TLS_FILES]
    return ", ".join(named)


def _where(url: str) -> str:
    """Return the database's place without the password."""
    parts = urlsplit(url)
    try:
        host = f"{parts.hostname or 'local socket'}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return UNREAD
    return UNREAD if "@" in f"{parts.path}{parts.query}{parts.fragment}" else f"{host}{parts.path}"


def _error(code: str, message: str, fix: str) -> DatabaseError:
    return DatabaseError(Problem(code, message, fix))
