"""Idempotency-Key: the same request twice is one, whatever happened to the first answer."""

import asyncio

import asyncpg
import pytest

from app.core.database import Database, repeated
from tests.conftest import Client, People

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ann(people: People, db: Database) -> Client:
    await db.execute("CREATE /* test */ TABLE probe_items (id serial PRIMARY KEY, name text UNIQUE)")
    return await people("ann")


async def count(db: Database) -> object:
    return await db.fetchval("SELECT /* test */ count(*) FROM probe_items")


async def test_the_same_request_gets_the_first_answer(ann: Client, db: Database) -> None:
    first, again = [
        await ann.post("/probe/once", json={"name": "x"}, headers={"idempotency-key": "k"}) for _ in range(2)
    ]
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, b'{"id":1}')
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await count(db) == 1


async def test_another_request_under_the_same_key_is_refused(ann: Client, db: Database) -> None:
    for body, status in (({"name": "x"}, 201), ({"name": "y"}, 422)):
        assert (await ann.post("/probe/once", json=body, headers={"idempotency-key": "k"})).status_code == status
    assert await count(db) == 1


async def test_a_key_that_is_being_answered_is_a_conflict(ann: Client, db: Database) -> None:
    body = {"name": "x", "size": 30}
    answers = await asyncio.gather(
        *(ann.post("/probe/once", json=body, headers={"idempotency-key": "k"}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert await count(db) == 1


async def test_keys_belong_to_their_caller(ann: Client, people: People, db: Database) -> None:
    ben = await people("ben")
    for person, name in ((ann, "x"), (ben, "y")):
        answer = await person.post("/probe/once", json={"name": name}, headers={"idempotency-key": "k"})
        assert answer.status_code == 201
    assert await count(db) == 2


async def test_a_failure_is_not_kept(ann: Client, db: Database) -> None:
    await ann.post("/probe/once", json={"name": "x"})
    headers = {"idempotency-key": "k"}
    assert (await ann.post("/probe/once", json={"name": "x"}, headers=headers)).status_code == 409
    await db.execute("DELETE /* test */ FROM probe_items")
    assert (await ann.post("/probe/once", json={"name": "x"}, headers=headers)).status_code == 201


async def test_a_transaction_that_met_another_is_begun_again() -> None:
    tries: list[int] = []

    async def work() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise asyncpg.DeadlockDetectedError
        return len(tries)

    assert await repeated(work) == 3


async def test_old_keys_go(ann: Client, db: Database) -> None:
    await ann.post("/probe/once", json={"name": "a"}, headers={"idempotency-key": "old"})
    await ann.post("/probe/once", json={"name": "b"}, headers={"idempotency-key": "older"})
    await db.execute("UPDATE /* test */ idempotency_keys SET created_at = now() - interval '25 hours'")
    answer = await ann.post("/probe/once", json={"name": "c"}, headers={"idempotency-key": "old"})
    assert answer.status_code == 201
    assert await db.fetchval("SELECT /* test */ count(*) FROM idempotency_keys") == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
async def test_strange_keys_are_refused(ann: Client, key: str) -> None:
    answer = await ann.post("/probe/once", json={"name": "x"}, headers={"idempotency-key": key})
    assert answer.status_code == 422
