"""What is said of a database that cannot be used."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_architect.errors import DatabaseError
from backend_architect.postgres import EmbeddedServer, connect, connection, start_embedded
from tests.listening import listening


@pytest.fixture(scope="module")
def on_tcp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that asks for a password on TCP; gives host and port."""
    folder = tmp_path_factory.mktemp("tcp") / "data"
    with start_embedded(folder):
        pass
    (folder / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    with listening(folder, {}) as server:
        asyncio.run(_set_password(server))
        yield f"127.0.0.1:{server.port}"


async def _set_password(server: EmbeddedServer) -> None:
    opened = await connect(server.url())
    await opened.execute("ALTER USER postgres PASSWORD 'right'")
    await opened.close()


def refusal(url: str, *, oldest: int = connection.OLDEST) -> str:
    """Return what is said of the URL."""
    with pytest.raises(DatabaseError) as caught:
        asyncio.run(connect(url, oldest=oldest))
    return str(caught.value)


def test_the_right_password_opens(on_tcp: str) -> None:
    async def use() -> object:
        opened = await connect(f"postgresql://postgres:right@{on_tcp}/postgres")
        try:
            return await opened.fetchval("SELECT uuidv7() IS NOT NULL")
        finally:
            await opened.close()

    assert asyncio.run(use()) is True


def test_a_wrong_password_is_not_repeated(on_tcp: str) -> None:
    said = refusal(f"postgresql://postgres:secret-wrong@{on_tcp}/postgres")
    assert "sign-in-refused" in said
    assert "secret-wrong" not in said


def test_a_missing_database(on_tcp: str) -> None:
    assert "no-such-database" in refusal(f"postgresql://postgres:right@{on_tcp}/elsewhere")


def test_a_server_without_tls(on_tcp: str) -> None:
    assert "tls-failed" in refusal(f"postgresql://postgres:right@{on_tcp}/postgres?sslmode=require")


def test_a_server_that_is_down() -> None:
    assert "database-down" in refusal("postgresql://postgres@127.0.0.1:1/postgres")
    assert "database-down" in refusal("postgresql://postgres@/postgres?host=/nowhere")


@pytest.mark.parametrize("url", ["nonsense", "mysql://x", "postgresql://u@h:port/d"])
def test_a_url_that_is_none(url: str) -> None:
    assert "connection-failed" in refusal(url)


def test_a_server_that_is_too_old(server: EmbeddedServer) -> None:
    said = refusal(server.url(), oldest=99)
    assert "database-too-old" in said
    assert "PostgreSQL 99 or newer is needed" in said


def test_a_path_is_kept_apart_from_the_password(tmp_path: Path) -> None:
    said = refusal(f"postgresql://postgres:hidden@/postgres?host={tmp_path}")
    assert "hidden" not in said
