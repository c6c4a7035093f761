"""Nothing that is stored makes a read fail, and what is read is what was sent, or null."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import Client, People

pytestmark = pytest.mark.anyio

MOST = 9007199254740991
LAST = "9999-12-31T12:00:00Z"


async def made(person: Client, path: str, **body: object) -> dict[str, Any]:
    answer = await person.post(f"/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def rows(person: Client, path: str) -> list[dict[str, Any]]:
    answer = await person.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_sums_and_products_beyond_all_bounds_are_null(people: People) -> None:
    ann = await people("ann")
    pot = (await made(ann, "pots", name="p"))["id"]
    assert (await made(ann, "gifts", pot_id=pot, amount=3, share=2_000_000_000))["small"] == 2_000_000_000
    first = await made(ann, "gifts", pot_id=pot, amount=MOST, share=2)
    assert (first["squared"], first["small"], first["shared"]) == (None, 0, MOST // 2)
    assert (await made(ann, "gifts", pot_id=pot, amount=94_906_265))["squared"] == 9007199136250225
    assert (await made(ann, "gifts", pot_id=pot, amount=94_906_266))["squared"] is None
    assert [row["shared"] for row in await rows(ann, "gifts")] == [None, None, MOST // 2, 0]
    assert [row["total"] for row in await rows(ann, "pots")] == [None]
    too_much = await ann.post("/v1/gifts", json={"pot_id": pot, "amount": MOST + 1})
    assert too_much.status_code == 422


async def test_times_beyond_the_last_year_are_null(people: People) -> None:
    ann = await people("ann")
    task = await made(ann, "tasks", name="t", starts_at="2026-03-28T12:00:00Z", takes="P3653D")
    assert (task["ends_at"], task["due_at"]) == ("2026-03-29T12:00:00Z", "2026-03-29T12:00:00Z")
    assert task["done_at"] == "2036-03-28T12:00:00Z"
    for change in ({"starts_at": LAST}, {"days": 2_000_000_000}, {"days": -2_000_000_000}):
        answer = await ann.patch(f"/v1/tasks/{task['id']}", json=change)
        assert answer.status_code == 200, answer.text
    assert [(row["ends_at"], row["due_at"], row["done_at"]) for row in await rows(ann, "tasks")] == [(None,) * 3]
    for wrong in ({"takes": "P3654D"}, {"takes": "-P3654D"}, {"starts_at": "9999-12-31T23:59:59-12:00"}):
        assert (await ann.patch(f"/v1/tasks/{task['id']}", json=wrong)).status_code == 422


async def test_today_is_the_day_of_utc(people: People) -> None:
    ann = await people("ann")
    for at, expected in ((timedelta(0), True), (timedelta(hours=23, minutes=59), True), (timedelta(days=1), False)):
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        task = await made(ann, "tasks", name="t", starts_at=(midnight + at).isoformat())
        assert task["is_today"] is expected


@pytest.mark.parametrize("letter", ["\U0001f600", "\x01", "ß"])
async def test_a_list_by_name_is_walked_to_its_end(people: People, letter: str) -> None:
    ann = await people("ann")
    for last in "abc":
        await made(ann, "tasks", name=letter * 499 + last, starts_at=LAST)
    seen, after = [], ""
    while True:
        answer = await ann.get(f"/v1/by-name?limit=1{after}")
        assert answer.status_code == 200, answer.text
        seen += [row["name"][-1] for row in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        after = f"&after={answer.json()['next']}"
    assert seen == ["a", "b", "c"]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity"])
async def test_json_that_would_come_back_as_null_is_refused(people: People, number: str) -> None:
    ann = await people("ann")
    for about in (f'{{"a": {number}}}', f'{{"a": [{{"b": {number}}}]}}'):
        body = f'{{"name": "t", "starts_at": "{LAST}", "about": {about}}}'
        answer = await ann.post("/v1/tasks", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 422}, answer.text


async def test_the_same_letters_are_the_same_text(people: People) -> None:
    ann = await people("ann")
    apart, composed = "Zu\u0308rich Cafe\u0301", "Zürich Café"
    assert (await made(ann, "tasks", name=apart, starts_at=LAST, contact="Ann@Example.com"))["name"] == composed
    for path in ("found?q=Zürich", "found?q=Zu\u0308rich", f"tasks?name={composed}", f"tasks?name={apart}"):
        assert len(await rows(ann, path)) == 1, path
    body = {"name": "other", "starts_at": LAST, "contact": "ann@example.com"}
    assert (await ann.post("/v1/tasks", json=body)).status_code == 409
