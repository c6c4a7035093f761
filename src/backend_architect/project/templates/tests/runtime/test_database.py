"""When the database is slow, full, broken or gone: quick, honest answers, and no restart needed afterwards."""

import asyncio
from time import perf_counter

import asyncpg
import pytest

from app.database import Database, connect_pool, require_bounds
from app.errors import Unavailable, problem_of
from app.settings import ConfigurationError, Settings
from tests.conftest import Client, Connection, client_of, running
from tests.runtime.conftest import Lines
from tests.runtime.probe import create_probe_app

pytestmark = pytest.mark.anyio


async def test_a_full_pool_answers_503_soon_and_recovers(settings: Settings) -> None:
    tight = settings.model_copy(update={"pool_max": 2, "acquire_timeout": 1})
    async with running(tight, create_probe_app) as app:
        client = client_of(app)
        answers = await asyncio.gather(*(client.get("/probe/sleep?seconds=2") for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, *[503] * 6]
        assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status_code == 503)
        assert (await client.get("/probe/sleep?seconds=0")).status_code == 200


async def test_a_full_pool_is_no_reason_to_send_others_elsewhere(settings: Settings) -> None:
    tight = settings.model_copy(update={"pool_max": 2, "acquire_timeout": 5})
    async with running(tight, create_probe_app) as app:
        client = client_of(app)
        asleep = [asyncio.create_task(client.get("/probe/sleep?seconds=1.5")) for _ in range(3)]
        while not app.state.database.waiting:  # noqa: ASYNC110 - until no connection is left
            await asyncio.sleep(0.01)
        assert (await client.get("/readyz")).status_code == 200
        figures = (await client.get("/metrics")).text
        assert 'db_connections{state="in use"} 2.0' in figures
        assert 'db_connections{state="waited for"} 0.0' not in figures
        assert not any(task.done() for task in asleep)
        await asyncio.gather(*asleep)


async def test_whoever_gives_up_while_waiting_takes_no_connection_along(settings: Settings) -> None:
    tight = settings.model_copy(update={"pool_max": 2, "acquire_timeout": 30})
    async with running(tight, create_probe_app) as app:
        db: Database = app.state.database
        for _ in range(20):
            tasks = [asyncio.create_task(db.fetchval("SELECT /* test */ pg_sleep(0.002)")) for _ in range(12)]
            await asyncio.sleep(0.003)
            for task in tasks[1::2]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert not any(task.exception() for task in tasks[::2])
        assert len(db.at_hand) + db.unopened == 2
        assert not db.waiting


async def test_a_slow_statement_is_told_and_a_very_slow_one_ended(settings: Settings, log_lines: Lines) -> None:
    async with running(settings.model_copy(update={"slow_query": 0.4, "statement_timeout": 1.0}), create_probe_app) as app:
        client = client_of(app)
        assert (await client.get("/probe/sleep?seconds=0.5")).status_code == 200
        assert (await client.get("/probe/sleep?seconds=5")).status_code == 503
        assert (await client.get("/probe/sleep?seconds=0")).status_code == 200
    slow = [line for line in log_lines() if line.get("message") == "slow query"]
    assert [line["statement"] for line in slow] == ["probe.sleep", "probe.sleep"]
    assert all(line["request_id"] != "-" for line in slow)


async def test_killed_connections_do_not_show(client: Client, inspector: Connection) -> None:
    for _ in range(3):
        await asyncio.gather(*(client.get("/probe/sleep?seconds=0.05") for _ in range(5)))
        await kill_connections(inspector)
        answers = await asyncio.gather(*(client.get("/probe/sleep?seconds=0") for _ in range(5)))
        assert [answer.status_code for answer in answers] == [200] * 5


async def test_a_database_that_is_gone_is_a_503_until_it_is_back(
    client: Client, inspector: Connection, server: str, settings: Settings
) -> None:
    allow = f"ALTER DATABASE {await inspector.fetchval('SELECT current_database()')} ALLOW_CONNECTIONS"
    admin = await asyncpg.connect(server)
    await admin.execute(f"{allow} false")
    await kill_connections(inspector)
    try:
        started = perf_counter()
        answer = await client.get("/probe/sleep?seconds=0")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert perf_counter() - started < settings.acquire_timeout
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
    finally:
        await admin.execute(f"{allow} true")
        await admin.close()
    assert (await client.get("/probe/sleep?seconds=0")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_deadlocks_are_tried_again(db: Database) -> None:
    await db.execute("CREATE /* test */ TABLE probe_accounts (id int PRIMARY KEY, n int)")
    await db.execute("INSERT /* test */ INTO probe_accounts VALUES (1, 0), (2, 0)")
    change = """
    WITH /* test.change */ first AS (UPDATE probe_accounts SET n = n + 1 WHERE id = $1 RETURNING pg_sleep(0.05))
    UPDATE probe_accounts SET n = n + 1 WHERE id = $2 AND EXISTS (SELECT FROM first)
    """
    await asyncio.gather(*(db.execute(change, *pair) for pair in ((1, 2), (2, 1))))
    assert [row["n"] for row in await db.fetch("SELECT /* test */ n FROM probe_accounts")] == [2, 2]


async def test_a_failed_block_leaves_nothing(db: Database) -> None:
    await db.execute("CREATE /* test */ TABLE probe_notes (n int)")
    with pytest.raises(RuntimeError):
        async with db.transaction() as tx:
            await tx.execute("INSERT /* test */ INTO probe_notes VALUES (1)")
            raise RuntimeError
    assert await db.fetchval("SELECT /* test */ count(*) FROM probe_notes") == 0


BACKEND = "SELECT /* test */ pg_backend_pid()"


@pytest.mark.parametrize("kind", [FileNotFoundError, ConnectionRefusedError, TimeoutError])
async def test_a_failure_of_the_block_stays_what_it_is_and_costs_no_connection(db: Database, kind: type[OSError]) -> None:
    backends = []
    with pytest.raises(kind):
        async with db.transaction() as tx:
            backends.append(await tx.fetchval(BACKEND))
            raise kind
    assert await db.fetchval("SELECT /* test */ count(*) FROM pg_stat_activity WHERE pid = ANY($1)", backends) == 1


async def test_a_connection_lost_within_a_block_is_a_503_and_told(
    db: Database, inspector: Connection, log_lines: Lines
) -> None:
    with pytest.raises(Unavailable):
        async with db.transaction() as tx:
            await kill_connections(inspector)
            await tx.fetchval(BACKEND)
    with pytest.raises(Unavailable):  # at its COMMIT
        async with db.transaction():
            await kill_connections(inspector)
    assert await db.fetchval(BACKEND)
    assert sum(line.get("message") == "connection lost" for line in log_lines()) >= 2


async def test_behind_a_pooler_the_bounds_are_the_roles_or_nothing_starts(
    settings: Settings, inspector: Connection
) -> None:
    pooled = settings.model_copy(update={"database_pooler": True})
    with pytest.raises(ConfigurationError, match="ALTER ROLE CURRENT_USER SET statement_timeout = '5000ms'"):
        await require_bounds(pooled)
    here = f"ALTER DATABASE {await inspector.fetchval('SELECT current_database()')}"
    try:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            await inspector.execute(f"{here} SET {name} = '7s'")
        await require_bounds(pooled)
        pool = await connect_pool(pooled)  # which sends none of its own: PgBouncer would refuse the connection
        assert await pool.fetchval("SHOW /* test */ statement_timeout") == "7s"
        await pool.close()
    finally:
        await inspector.execute(f"{here} RESET ALL")


TABLES = """
CREATE TABLE probe_teams (id int PRIMARY KEY, slug text, stock int CHECK (stock >= 0), UNIQUE (id, slug));
CREATE UNIQUE INDEX ON probe_teams (lower(slug));
CREATE TABLE probe_members (id int PRIMARY KEY, team_id int NOT NULL REFERENCES probe_teams);
INSERT INTO probe_teams VALUES (1, 'a', 0); INSERT INTO probe_members VALUES (1, 1);
"""


@pytest.mark.parametrize(
    ("sql", "status", "fields"),
    [
        ("INSERT INTO probe_teams VALUES (1, 'b', 0)", 409, ["id"]),
        ("INSERT INTO probe_teams VALUES (2, 'A', 0)", 409, ["slug"]),
        ("INSERT INTO probe_members VALUES (2, 9)", 422, ["team_id"]),
        ("INSERT INTO probe_members VALUES (2, NULL)", 422, ["team_id"]),
        ("DELETE FROM probe_teams", 409, []),
        ("UPDATE probe_teams SET stock = -1", 409, []),
        ("SELECT 'x'::int", 422, []),
        ("SELECT 1 FROM nowhere", 500, []),
        ("SELECT 9223372036854775807 + 1", 422, []),
    ],
)
async def test_what_the_database_refuses_is_told_without_values(
    client: Client, db: Database, sql: str, status: int, fields: list[str]
) -> None:
    await db.execute(TABLES)
    answer = await client.post("/probe/run", json=sql)
    assert answer.status_code == status, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == fields


def test_a_check_on_what_was_sent_is_the_senders_mistake() -> None:
    error = asyncpg.CheckViolationError()
    error.table_name, error.constraint_name = "order_lines", "ends_after_start"
    assert problem_of(error, "/v1/orders/1/order-lines").status == 422
    assert problem_of(error, "/v1/products").status == 409


async def kill_connections(admin: Connection) -> None:
    """End every connection of the application."""
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'app' AND datname = current_database()"
    )
