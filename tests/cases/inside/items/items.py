"""Items of lists are checked as a single value is: in what clients send, and in what the database stores."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from app.core.database import Database
from tests.conftest import People
from tests.factories import make_thing

pytestmark = pytest.mark.anyio

RIGHT = {
    "links": ["https://example.com", "http://example.com/b"],
    "mails": ["ada@example.com"],
    "tags": ["a-b", "c"],
    "texts": ["javascript:alert(1)", "x" * 200],
    "numbers": [-5, 2**53 - 1],
    "prices": ["1.25"],
    "flags": [True, False],
    "days": ["2030-01-31"],
    "times": ["2030-01-31T12:00:00+00:00"],
    "others": ["01890a5d-ac96-774b-bcce-b302099a8057"],
}
WRONG = [
    ("links", ["https://example.com", "javascript:alert(1)"]),
    ("links", ["https://example.com/" + "x" * 2_030]),
    ("links", ["x\nhttps://example.com"]),
    ("links", [""]),
    ("links", [None]),
    ("mails", ["nobody"]),
    ("mails", ["a b@example.com"]),
    ("mails", ["x" * 250 + "@a.de"]),
    ("tags", ["UPPER"]),
    ("tags", ["a\n"]),
    ("tags", ["x" * 101]),
    ("texts", [""]),
    ("texts", ["x" * 201]),
    ("numbers", [1, 2**53]),
    ("numbers", [1, "2"]),
    ("numbers", [1, 1.5]),
    ("prices", ["1.255"]),
    ("prices", ["1" * 19]),
    ("prices", ["NaN"]),
    ("flags", ["yes"]),
    ("flags", [1]),
    ("days", ["yesterday"]),
    ("times", ["2030-01-31T12:00:00"]),
    ("others", ["1"]),
]


async def test_what_is_right_is_stored(people: People) -> None:
    ann = await people("ann")
    made = await ann.post("/v1/things", json=RIGHT)
    assert made.status_code == 201, made.text
    found = (await ann.get(made.headers["location"])).json()
    assert {name: found[name] for name in RIGHT} == RIGHT | {"times": ["2030-01-31T12:00:00Z"]}


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_what_is_wrong_is_refused(people: People, name: str, value: list[object]) -> None:
    ann = await people("ann")
    thing = (await ann.post("/v1/things", json=RIGHT)).headers["location"]
    for answer in (
        await ann.post("/v1/things", json=RIGHT | {name: value}),
        await ann.patch(thing, json={name: value}),
    ):
        assert answer.status_code == 422
        assert {error["field"].split(".")[0].split("[")[0] for error in answer.json()["errors"]} == {name}


STORED = {
    "tags": ["a"],
    "numbers": [1, 2],
    "prices": [Decimal(1)],
    "days": [date(2030, 1, 31)],
    "times": [datetime(2030, 1, 31, tzinfo=UTC)],
    "others": [UUID(int=1)],
}


@pytest.mark.parametrize(("name", "value"), [pair for pair in WRONG if pair[0] in {"links", "mails", "tags", "texts"}])
async def test_the_database_refuses_it_too(people: People, db: Database, name: str, value: list[object]) -> None:
    ann = await people("ann")
    assert await make_thing(db, ann.id, **STORED)
    with pytest.raises(asyncpg.CheckViolationError):
        await make_thing(db, ann.id, **STORED | {name: value})


@pytest.mark.parametrize("name", STORED)
async def test_the_database_stores_no_null_among_the_items(people: People, db: Database, name: str) -> None:
    ann = await people("ann")
    with pytest.raises(asyncpg.CheckViolationError):
        await make_thing(db, ann.id, **STORED | {name: [*STORED[name], None]})
