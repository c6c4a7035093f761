"""No answer, status, order or page tells somebody of a field that its read rule hides from them."""

from dataclasses import dataclass
from typing import Any

import pytest

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange

SALARY, RATING, SECRET, CODE = 7_654_321, 8_765_432, "xyzzyplugh", "quuxgarply"
HIDDEN = {"salary", "secret", "grade", "buddy", "twice"}


@dataclass(frozen=True)
class World:
    """Ann has hidden values, Ben is her buddy, and others look on."""

    backend: Backend
    ann: Actor
    ben: Actor
    boss: Actor
    nobody: Actor
    diary: str

    def ask(self, who: Actor, method: str, path: str, **sent: object) -> Exchange:
        return self.backend.client.ask(who, method, f"/v1{path}", json_body=sent or None)

    def get(self, who: Actor, path: str) -> dict[str, Any]:
        answer = self.ask(who, "GET", path)
        assert answer.status == 200, (path, answer.status, answer.body)
        found = answer.json()
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="package")
def world(guarded: Backend) -> World:
    ann, ben, boss = guarded.person("ann"), guarded.person("ben"), guarded.person("boss", "boss")
    made = World(guarded, ann, ben, boss, guarded.anonymous(), "")
    sent = {"salary": SALARY, "secret": SECRET, "grade": "c", "buddy_id": ben.id}
    assert made.ask(ann, "PATCH", f"/users/{ann.id}", **sent).status == 200
    diary = made.ask(ann, "POST", "/diaries", title="open", code=CODE, rating=RATING)
    assert diary.status == 201
    return World(guarded, ann, ben, boss, guarded.anonymous(), str(diary.field("id")))


def test_who_may_read_it_is_shown_it(world: World) -> None:
    mine = world.get(world.ann, f"/users/{world.ann.id}")
    assert (mine["salary"], mine["secret"], mine["grade"]) == (SALARY, SECRET, "c")
    assert (mine["rich"], mine["twice"]) == (True, 2 * SALARY)
    assert mine["buddy"]["id"] == world.ben.id
    assert world.get(world.boss, f"/users/{world.ann.id}")["grade"] == "c"


@pytest.mark.parametrize("who", ["ben", "boss", "nobody"])
def test_others_get_null_in_place_of_the_field_and_of_the_relation(world: World, who: str) -> None:
    seen = world.get(getattr(world, who), f"/users/{world.ann.id}")
    shown = {name for name in HIDDEN if seen[name] is not None}
    assert shown == ({"grade"} if who == "boss" else set())
    assert seen["rich"] is False
    assert not [name for name in seen if name.endswith("_id")]


@pytest.mark.parametrize("who", ["ben", "boss", "nobody"])
def test_no_answer_of_any_kind_holds_the_hidden_value(world: World, who: str) -> None:
    asker = getattr(world, who)
    paths = [
        f"/users/{world.ann.id}",
        "/users?limit=100",
        f"/diaries/{world.diary}",
        "/entries",
        f"/diaries/{world.diary}/entries",
    ]
    paths += [f"/codes?code={CODE}", f"/search-of-mine?q={SECRET}", "/best", "/graded?grade=c", "/users?grade=c"]
    for path in paths:
        answer = world.ask(asker, "GET", path)
        assert answer.status in {200, 401, 403}, (path, answer.status)
        for value in (str(SALARY), str(2 * SALARY), str(RATING), SECRET, CODE):
            assert value.encode() not in answer.body, (who, path)
        assert f'"buddy":{{"id":"{world.ben.id}"'.encode() not in answer.body, (who, path)


def test_what_rests_on_the_rule_can_be_asked_for_by_those_it_names(world: World) -> None:
    def found(who: Actor, path: str) -> list[str]:
        return [str(item["id"]) for item in world.get(who, path)["items"]]

    assert found(world.ann, f"/codes?code={CODE}") == [world.diary]
    assert found(world.ben, f"/codes?code={CODE}") == []
    assert found(world.ann, f"/search-of-mine?q={SECRET}") == [world.ann.id]
    assert found(world.ben, f"/search-of-mine?q={SECRET}") == []
    assert found(world.boss, "/graded?grade=c") == [world.ann.id]
    assert world.ask(world.ben, "GET", "/graded?grade=c").status == 403


def test_the_second_page_of_an_order_by_a_hidden_field_is_answered(world: World) -> None:
    assert world.ask(world.ann, "POST", "/diaries", title="second", rating=1).status == 201
    first = world.get(world.ann, "/best?limit=1")
    second = world.get(world.ann, f"/best?limit=1&after={first['next']}")
    assert [item["rating"] for page in (first, second) for item in page["items"]] == [RATING, 1]


def test_a_value_that_somebody_else_keeps_to_herself_is_not_taken(world: World) -> None:
    taken = world.ask(world.ann, "POST", "/diaries", title="again", code=CODE)
    assert taken.status == 409
    assert world.ask(world.ben, "POST", "/diaries", title="mine", code=CODE).status == 201


def test_a_constraint_tells_only_who_may_read_what_it_is_about(world: World) -> None:
    beyond = {"bonus": SALARY + 1_001}
    assert world.ask(world.ann, "PATCH", f"/users/{world.ann.id}", **beyond).status == 422
    assert world.ask(world.ben, "PATCH", f"/users/{world.ann.id}", **beyond).status == 404
    assert world.ask(world.boss, "PATCH", f"/users/{world.ann.id}", bonus=0).status == 404


def test_no_answer_may_be_kept_on_the_way(world: World) -> None:
    for path in (f"/users/{world.ann.id}", "/users"):
        assert world.ask(world.ann, "GET", path).headers["cache-control"] == "no-store"


def test_the_tag_is_the_same_for_everybody_and_a_stale_one_does_not_tell_who_may_not_write(world: World) -> None:
    tags = {world.ask(who, "GET", f"/users/{world.ann.id}").headers["etag"] for who in (world.ann, world.ben)}
    assert len(tags) == 1
