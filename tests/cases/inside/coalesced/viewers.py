"""Reads of many viewers meet in one statement, and each of them gets what they may see."""

import asyncio

import pytest
from tests.conftest import People, Statements
from tests.runtime.test_coalescing import *  # noqa: F403 - the project's own tests of it, too

pytestmark = pytest.mark.anyio


async def test_viewers_who_meet_see_only_their_own(people: People, statements: Statements) -> None:
    viewers = [await people(f"viewer-{number}") for number in range(12)]
    notes = [(await viewer.post("/v1/notes", json={"body": "own"})).json()["id"] for viewer in viewers]
    async with statements() as ran:
        own = await asyncio.gather(*(v.get(f"/v1/notes/{note}") for v, note in zip(viewers, notes, strict=True)))
        others = await asyncio.gather(*(v.get(f"/v1/notes/{notes[n - 1]}") for n, v in enumerate(viewers)))
        lists = await asyncio.gather(*(viewer.get("/v1/mine") for viewer in viewers))
    assert [answer.json()["id"] for answer in own] == notes
    assert [answer.status_code for answer in others] == [404] * 12
    assert [[item["id"] for item in answer.json()["items"]] for answer in lists] == [[note] for note in notes]
    assert {"notes.read.together", "notes.mine.together"} <= set(ran)
