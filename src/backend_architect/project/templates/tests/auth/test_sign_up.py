"""Signing up: what is refused, and what the answer does not tell."""

import httpx
import pytest
from fastapi import FastAPI

from app.auth.passwords import weakness
from tests.auth.conftest import PASSWORD, Person, browser, sign_up, sign_up_body

pytestmark = pytest.mark.anyio


async def register(app: FastAPI, **changes: str) -> httpx.Response:
    async with browser(app) as client:
        return await client.post("/v1/auth/register", json=sign_up_body("grace", **changes))


async def test_a_new_account_can_sign_in_and_read_itself(app: FastAPI) -> None:
    grace = await sign_up(app, "grace")
    me = (await grace.call("GET", "/me")).json()
    assert me["email"] == "grace@people.example"
    assert me["roles"] == []
    assert not any("password" in name or "hash" in name for name in me)


async def test_a_taken_address_gets_the_same_answer_and_changes_nothing(app: FastAPI, ada: Person) -> None:
    new = await register(app)
    taken = await register(app, email="ADA@people.example", password="another good password", handle="ada2")
    assert (taken.status_code, taken.content) == (new.status_code, new.content)
    assert _shape(taken) == _shape(new)
    assert (await ada.sign_in()).status_code == 200
    assert (await ada.sign_in("another good password")).status_code == 401
    count = "SELECT count(*) FROM users WHERE handle = 'ada2'"
    assert await app.state.database.fetchval(count) == 0


async def test_a_taken_handle_is_told_whether_or_not_the_address_is_taken(app: FastAPI, ada: Person) -> None:
    new_address = await register(app, handle="ada")
    taken_address = await register(app, handle="ada", email=ada.email)
    assert new_address.status_code == taken_address.status_code == 409
    assert new_address.json()["errors"] == taken_address.json()["errors"]


@pytest.mark.parametrize(
    "password",
    ["", "short 7", "x" * 129, "password1", "PASSWORD1", "qwertyuiop", "nul \0 inside", "grace@people.example"],
)
async def test_weak_passwords_are_refused_without_being_repeated(app: FastAPI, password: str) -> None:
    response = await register(app, password=password)
    assert response.status_code in {400, 422}
    assert not password or f'"{password}"' not in response.text


@pytest.mark.parametrize("password", ["x y z 12!", "m" * 30 + "ärz" * 20, "ab" * 64])
async def test_long_and_unusual_passwords_work(app: FastAPI, password: str) -> None:
    assert (await register(app, password=password)).status_code == 202
    assert (await Person(app, "grace").sign_in(password)).status_code == 200


async def test_a_difference_after_byte_72_matters(app: FastAPI) -> None:
    await register(app, password="p3" * 40 + "a")
    assert (await Person(app, "grace").sign_in("p3" * 40 + "b")).status_code == 401


@pytest.mark.parametrize("name", ["id", "roles", "is_superuser", "user_id", "created_at"])
async def test_nobody_gives_themselves_more_than_the_form_has(app: FastAPI, name: str) -> None:
    response = await register(app, **{name: "moderator"})
    assert response.status_code == 422


@pytest.mark.parametrize("email", ["", "no-at", "a@b", "a b@c.de", "a@b.de\r\nBcc: x@y.de", "a\0@b.de", "\u0131@b.de"])
async def test_wrong_addresses_are_refused(app: FastAPI, email: str) -> None:
    assert (await register(app, email=email)).status_code in {400, 422}


def test_composed_and_decomposed_accents_are_the_same_password() -> None:
    assert weakness("motdepasse\u0301", []) is None
    assert weakness(PASSWORD, ["ada"]) is None
    assert weakness("Ada-Lovelace", ["ada-lovelace"]) is not None


def _shape(response: httpx.Response) -> set[str]:
    return set(response.headers) - {"x-request-id", "ratelimit"}
