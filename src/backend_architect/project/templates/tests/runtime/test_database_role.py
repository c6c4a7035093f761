"""The application's role reads and writes rows, and can do nothing else."""

import logging

import asyncpg
import pytest

from app.core.database import Database
from app.core.database_role import warn_of_role
from app.core.settings import Settings
from tests.conftest import Connection, running

pytestmark = pytest.mark.anyio


async def test_it_is_no_superuser_and_owns_none_of_the_tables(db: Database, inspector: Connection) -> None:
    assert await db.fetchval("SELECT current_user") == "app"
    owners = await inspector.fetch("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert "app" not in {row["tableowner"] for row in owners}


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE schema_migrations",
        "ALTER TABLE schema_migrations ADD COLUMN more text",
        "TRUNCATE schema_migrations",
        "INSERT INTO schema_migrations (version) VALUES ('9999')",
        "CREATE ROLE another",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY schema_migrations TO PROGRAM 'cat'",
    ],
)
async def test_it_may_not(db: Database, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db.execute(statement)


async def test_a_role_that_may_do_more_is_told_of(
    db: Database, settings: Settings, run_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "app.core.database")
    logging.getLogger("app.core.database").addHandler(caplog.handler)
    await warn_of_role(db)
    assert caplog.messages == []
    async with running(settings.model_copy(update={"database_url": run_url})) as app:
        await warn_of_role(app.state.database)
    logging.getLogger("app.core.database").removeHandler(caplog.handler)
    assert "sign in with one that owns nothing" in caplog.messages[0]
