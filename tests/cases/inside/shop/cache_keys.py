"""What one caller asks of a cached list changes nothing of what others are answered."""

import pytest
from app.core.database import Database
from tests.conftest import Client, People
from tests.factories import make_product
from tests.world import clear_cache

pytestmark = pytest.mark.anyio

FORGED = [
    "?category=None",
    "?category=",
    "?category=null",
    "?category=20:None",
    "?category=a'%2C%20None",
    "?limit=20&category=None",
]


async def names(client: Client, query: str) -> list[str]:
    answer = await client.get(f"/v1/cheapest{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_no_value_stands_for_another(client: Client, people: People, db: Database) -> None:
    owner = (await people("ann")).id
    for number, category in enumerate(["toys", "none", "books"]):
        await make_product(db, owner, name=f"thing {number}", category=category, price=100 + number)
    everything = ["thing 0", "thing 1", "thing 2"]
    for forged in FORGED:
        clear_cache()
        assert await names(client, forged) == []
        assert await names(client, "") == everything, forged
    clear_cache()
    assert await names(client, "") == everything
    for forged in FORGED:
        assert await names(client, forged) == []
    assert await names(client, "?category=none") == ["thing 1"]
    assert await names(client, "?limit=1") == ["thing 0"]


async def test_a_refused_place_in_the_list_is_not_kept(client: Client) -> None:
    clear_cache()
    for _ in range(2):
        assert (await client.get("/v1/cheapest?after=None")).status_code == 422
    assert await names(client, "") == []
