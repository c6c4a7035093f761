"""Signing in: the same answer and the same work whatever is wrong, and limits that guessing runs into."""

import asyncio
import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from app.auth.passwords import HASHER, THREADS, WAITING, Passwords
from app.auth.sign_in import GUESSES
from app.core.errors import Unavailable
from tests.auth.conftest import PASSWORD, Person, browser

pytestmark = pytest.mark.anyio

README = Path("README.md").read_text()


async def test_an_unknown_address_and_a_wrong_password_are_answered_alike(app: FastAPI, ada: Person) -> None:
    wrong = await ada.sign_in("not my password")
    unknown = await Person(app, "nobody").sign_in()
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


async def test_the_statement_of_the_readme_sets_a_new_password_and_ends_the_sessions(app: FastAPI, ada: Person) -> None:
    [statement] = [each for each in re.findall("```sql\n(.+?)```", README, re.DOTALL) if "password_hash" in each]
    new = "until you choose another"
    filled = statement.replace("<hash>", HASHER.hash(new)).replace("ann@example.com", ada.email.upper())
    await app.state.database.execute(filled)
    await app.state.auth.revocations.settle()
    assert (await ada.call("GET", "/me")).status_code == 401
    assert (await ada.sign_in()).status_code == 401
    assert (await ada.sign_in(new)).status_code == 200


async def test_both_cost_one_hash_with_the_same_parameters(
    app: FastAPI, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        verified.append(stored.rsplit("$", 2)[0])
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    await ada.sign_in("not my password")
    await Person(app, "nobody").sign_in()
    assert verified == ["$argon2id$v=19$m=16,t=1,p=1"] * 2


async def test_a_hash_costs_what_owasp_asks_for() -> None:
    assert HASHER.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_the_address_is_taken_in_any_case(ada: Person) -> None:
    ada.name = "ADA"
    assert (await ada.sign_in()).status_code == 200


async def test_an_outdated_hash_is_renewed(app: FastAPI, ada: Person) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await app.state.database.execute("UPDATE auth_accounts SET password_hash = $1", old)
    assert (await ada.sign_in()).status_code == 200
    stored = await app.state.database.fetchval("SELECT password_hash FROM auth_accounts")
    assert stored.startswith("$argon2id$v=19$m=16,t=1,p=1$")
    assert (await ada.sign_in()).status_code == 200


async def test_sign_ins_at_once_renew_a_hash_together(app: FastAPI, ada: Person) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for _ in range(5):
        await app.state.database.execute("UPDATE auth_accounts SET password_hash = $1", old)
        answers = await asyncio.gather(*(ada.sign_in() for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4


async def test_a_password_that_is_changed_while_its_hash_is_renewed_is_the_new_one(
    app: FastAPI, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await app.state.database.execute("UPDATE auth_accounts SET password_hash = $1", old)
    hash_password = Passwords.hash

    async def overtaken(self: Passwords, password: str) -> str:
        changed = await hash_password(self, "until you choose another")
        await app.state.database.execute("UPDATE auth_accounts SET password_hash = $1", changed)
        return await hash_password(self, password)

    monkeypatch.setattr(Passwords, "hash", overtaken)
    assert (await ada.sign_in()).status_code == 401
    assert (await ada.sign_in("until you choose another")).status_code == 200


async def test_an_account_without_a_password_cannot_sign_in_with_one(app: FastAPI, ada: Person) -> None:
    await app.state.database.execute("UPDATE auth_accounts SET password_hash = NULL")
    assert (await ada.sign_in("")).status_code == 401
    assert (await ada.sign_in()).status_code == 401


async def test_guessing_from_everywhere_runs_into_the_account_s_limit(app: FastAPI, ada: Person) -> None:
    home = "192.0.2.7"
    body = {"email": ada.email, "password": PASSWORD}
    async with browser(app, home) as client:
        assert (await client.post("/v1/auth/sign-in", json=body)).status_code == 200
    answers = [await ada.sign_in(f"guess number {number}") for number in range(GUESSES.count + 1)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    async with browser(app, home) as client:
        assert (await client.post("/v1/auth/sign-in", json=body)).status_code == 200


async def test_the_limit_is_the_same_for_an_address_without_an_account(app: FastAPI) -> None:
    nobody = Person(app, "nobody")
    statuses = [(await nobody.sign_in()).status_code for _ in range(GUESSES.count + 1)]
    assert statuses == [401] * GUESSES.count + [429]


async def test_too_many_hashes_at_once_are_refused_at_once() -> None:
    passwords = Passwords()
    hashed = await asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(THREADS + WAITING + 3)), return_exceptions=True)
    assert [type(each) for each in hashed] == [str] * (THREADS + WAITING) + [Unavailable] * 3


@pytest.mark.parametrize(
    "body", [{}, {"email": "a@b.de"}, {"email": [], "password": {}}, {"email": "a@b.de", "password": "x" * 129}]
)
async def test_an_incomplete_sign_in_is_422(app: FastAPI, body: dict[str, object]) -> None:
    async with browser(app) as client:
        assert (await client.post("/v1/auth/sign-in", json=body)).status_code == 422


@pytest.mark.parametrize("half", [b"\\u0000", b"\\ud800"])
async def test_what_is_not_text_is_422(app: FastAPI, half: bytes) -> None:
    body = b'{"email": "a@b.de", "password": "12345678' + half + b'"}'
    async with browser(app) as client:
        response = await client.post("/v1/auth/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422


async def test_signing_in_is_not_done_by_get(app: FastAPI) -> None:
    async with browser(app) as client:
        response = await client.get("/v1/auth/sign-in", params={"email": "a@b.de", "password": PASSWORD})
    assert response.status_code == 405
