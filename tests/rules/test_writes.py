"""A write is asked of the row before and after, and of what other writes do at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from tests.rules.asking import ask, made, seen, status

BackendOf = Callable[[str], Backend]


def test_who_leads_one_team_leads_no_other(backend_of: BackendOf) -> None:
    backend = backend_of("memberships")
    ann, bob, eve = (backend.person(name) for name in ("ann", "bob", "eve"))
    mine, other = (made(backend, who, "POST /v1/teams", {"name": "team"}) for who in (eve, ann))
    lead = {"role": "lead"}
    assert status(backend, eve, f"PUT /v1/teams/{mine}/users/{eve.id}", lead) == 204
    assert status(backend, ann, f"PUT /v1/teams/{other}/users/{bob.id}", {"role": "plain"}) == 204
    assert status(backend, eve, f"PUT /v1/teams/{other}/users/{eve.id}", lead) == 404
    assert status(backend, eve, f"DELETE /v1/teams/{other}/users/{bob.id}") == 204
    assert backend.rows.count("memberships") == 2, "what one may not remove stays"
    assert status(backend, bob, f"PUT /v1/teams/{other}/users/{bob.id}", lead) == 404
    assert status(backend, ann, f"PUT /v1/teams/{other}/users/{bob.id}", lead) == 204
    assert status(backend, bob, f"PUT /v1/teams/{other}/users/{eve.id}", {"role": "plain"}) == 204


def test_a_row_moves_only_where_it_could_be_made(backend_of: BackendOf) -> None:
    backend = backend_of("moves")
    ann, eve = backend.person("ann"), backend.person("eve")
    here, there = (made(backend, eve, "POST /v1/projects", {"name": name}) for name in ("here", "there"))
    hers = made(backend, ann, "POST /v1/projects", {"name": "hers"})
    task = made(backend, eve, f"POST /v1/projects/{here}/tasks", {"title": "one"})

    def counts() -> list[int]:
        return [seen(backend, eve, f"/v1/projects/{each}")["tasks"] for each in (here, there, hers)]

    assert status(backend, eve, f"PATCH /v1/tasks/{task}", {"project_id": hers}) == 404
    assert counts() == [1, 0, 0]
    answer = ask(backend, eve, f"PATCH /v1/tasks/{task}", {"project_id": there, "title": "two"})
    assert (answer.status, answer.field("title")) == (200, "two")
    assert counts() == [0, 1, 0]
    assert status(backend, ann, f"PATCH /v1/tasks/{task}", {"project_id": hers}) == 404
    assert status(backend, eve, f"PATCH /v1/tasks/{task}", {"project_id": backend.rows.identity()}) == 404
    assert status(backend, eve, f"PATCH /v1/tasks/{task}", {"title": "three"}) == 200
    assert counts() == [0, 1, 0]
    assert status(backend, eve, f"DELETE /v1/tasks/{task}") == 204
    assert counts() == [0, 0, 0]


def test_two_that_change_places_are_counted(backend_of: BackendOf) -> None:
    backend = backend_of("moves")
    eve = backend.person("eve")
    here, there = (made(backend, eve, "POST /v1/projects", {"name": name}) for name in ("here", "there"))
    tasks = [made(backend, eve, f"POST /v1/projects/{each}/tasks", {"title": "x"}) for each in (here, there) * 4]

    def move(task: str) -> int:
        goal = there if tasks.index(task) % 2 == 0 else here
        return status(backend, eve, f"PATCH /v1/tasks/{task}", {"project_id": goal})

    with ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            assert set(pool.map(move, tasks)) == {200}
    assert [seen(backend, eve, f"/v1/projects/{each}")["tasks"] for each in (here, there)] == [4, 4]


def test_what_the_server_computed_follows(backend_of: BackendOf) -> None:
    backend = backend_of("sales")
    ann = backend.person("ann")
    cheap, dear, gone = (
        made(backend, ann, "POST /v1/products", {"name": "x", "price": price, "on_sale": on_sale})
        for price, on_sale in ((1, True), (900, True), (5, False))
    )
    gift = made(backend, ann, "POST /v1/gifts", {"product_id": cheap})
    assert seen(backend, ann, f"/v1/gifts/{gift}")["unit_price"] == 1
    assert status(backend, ann, f"PATCH /v1/gifts/{gift}", {"product_id": gone}) == 404
    answer = ask(backend, ann, f"PATCH /v1/gifts/{gift}", {"product_id": dear})
    assert (answer.status, answer.field("unit_price")) == (200, 900)
    assert status(backend, ann, f"PATCH /v1/gifts/{gift}", {"product_id": dear}) == 200


def created(backend: Backend, people: list[Actor], line: str) -> int:
    """Return how many creations are let in, of as many at once as there are people."""
    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(lambda who: status(backend, who, line, {}), people)).count(201)


def test_what_is_counted_by_a_rule_is_exact(backend_of: BackendOf) -> None:
    backend = backend_of("quota")
    people = [backend.person(f"p{number}") for number in range(12)]
    voter = people[0]
    for _ in range(6):
        event = made(backend, voter, "POST /v1/events", {"capacity": 5, "vip_capacity": 5})
        found = {"votes": [voter] * 24, "vip-seats": people, "seats": people}
        let_in = {what: created(backend, who, f"POST /v1/events/{event}/{what}") for what, who in found.items()}
        assert let_in == {"votes": 1, "vip-seats": 5, "seats": 5}


def test_a_version_tells_only_who_may_write(backend_of: BackendOf) -> None:
    backend = backend_of("quota")
    ann, eve = backend.person("ann"), backend.person("eve")
    event = made(backend, ann, "POST /v1/events", {"capacity": 1})
    first = ask(backend, eve, f"GET /v1/events/{event}").headers["etag"]
    for tag in (first, '"1999-01-01T00:00:00+00:00"'):
        assert status(backend, eve, f"PATCH /v1/events/{event}", {"capacity": 2}, if_match=tag) == 404
    assert status(backend, ann, f"PATCH /v1/events/{event}", {"capacity": 3}, if_match=first) == 200
    assert status(backend, ann, f"PATCH /v1/events/{event}", {"capacity": 4}, if_match=first) == 412
    assert seen(backend, ann, f"/v1/events/{event}")["capacity"] == 3, "the trial left nothing"


def test_an_update_may_end_its_own_rule_where_the_design_says_so(backend_of: BackendOf) -> None:
    backend = backend_of("sales")
    ann, eve = backend.person("ann"), backend.person("eve")
    draft = made(backend, ann, "POST /v1/drafts", {})
    assert status(backend, eve, f"PATCH /v1/drafts/{draft}", {"state": "placed"}) == 404
    assert status(backend, ann, f"PATCH /v1/drafts/{draft}", {"state": "gone"}) == 404
    assert status(backend, ann, f"PATCH /v1/drafts/{draft}", {"state": "placed", "note": "now"}) == 200
    assert status(backend, ann, f"PATCH /v1/drafts/{draft}", {"state": "open"}) == 404
    assert seen(backend, ann, f"/v1/drafts/{draft}")["state"] == "placed"
