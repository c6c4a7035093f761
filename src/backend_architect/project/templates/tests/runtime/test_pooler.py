"""Behind a pooler nothing starts that nothing would bound."""

import pytest

from app.core.database import connect_pool
from app.core.pooler import require_fitting_pooler
from app.core.settings import ConfigurationError, Settings
from tests.conftest import Connection

pytestmark = pytest.mark.anyio


async def test_behind_a_pooler_the_bounds_are_the_roles_or_nothing_starts(
    settings: Settings, inspector: Connection
) -> None:
    pooled = settings.model_copy(update={"database_pooler": True})
    with pytest.raises(ConfigurationError, match="ALTER ROLE CURRENT_USER SET statement_timeout = '5000ms'"):
        await require_fitting_pooler(pooled)
    here = f"ALTER DATABASE {await inspector.fetchval('SELECT current_database()')}"
    try:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            await inspector.execute(f"{here} SET {name} = '7s'")
        await require_fitting_pooler(pooled)
        pool = await connect_pool(pooled)  # which sends none of its own: PgBouncer would refuse the connection
        assert await pool.fetchval("SHOW /* test */ statement_timeout") == "7s"
        await pool.close()
    finally:
        await inspector.execute(f"{here} RESET ALL")
