"""What a rule says is what PostgreSQL makes of its text, and what is unknown opens nothing."""

from collections.abc import Callable

from backend_architect.proof.backend import Backend
from tests.rules.asking import ask, listed, made, seen, status

BackendOf = Callable[[str], Backend]
PAST, FUTURE = "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


def test_negations_are_kept(backend_of: BackendOf) -> None:
    backend = backend_of("unknown")
    ann = backend.person("ann")
    sized = made(backend, ann, "POST /v1/things", {"size": 15, "title": "Anna"})
    bare = made(backend, ann, "POST /v1/things", {"title": "Bob"})
    shown = {each: seen(backend, ann, f"/v1/things/{each}") for each in (sized, bare)}
    assert [shown[sized]["has_size"], shown[bare]["has_size"]] == [True, False]
    assert [shown[sized]["unnamed"], shown[bare]["unnamed"]] == [False, True]
    assert sized in listed(backend, ann, "/v1/sized")
    assert bare not in listed(backend, ann, "/v1/sized")
    assert sized in listed(backend, ann, "/v1/between")
    assert listed(backend, ann, "/v1/unlike").count(bare) == 1
    assert sized not in listed(backend, ann, "/v1/unlike")


def test_values_are_computed_as_postgresql_does(backend_of: BackendOf) -> None:
    backend = backend_of("unknown")
    ann = backend.person("ann")
    body = {"size": 4, "price": 9, "starts_on": "2030-02-25", "pause": "PT30M"}
    thing = seen(backend, ann, f"/v1/things/{made(backend, ann, 'POST /v1/things', body)}")
    assert [thing[name] for name in ("half", "quarter", "one_less", "double")] == [4, 2, 7, 12]
    assert [thing[name] for name in ("in_a_week", "twice")] == ["2030-03-04", "PT3600S"]
    answer = ask(backend, ann, f"PATCH /v1/things/{thing['id']}", {"price": 80})
    assert [answer.field(name) for name in ("price", "half", "quarter")] == [80, 40, 20]


def test_what_is_unknown_opens_nothing(backend_of: BackendOf) -> None:
    """`expired` is null where `until` is: then neither `not thing.expired` nor `thing.fresh is true` holds."""
    backend = backend_of("unknown")
    ann, eve = backend.person("ann"), backend.person("eve")
    things = {
        when: made(backend, ann, "POST /v1/things", {"until": when} if when else {}) for when in (PAST, FUTURE, None)
    }
    expected = {PAST: 404, FUTURE: 200, None: 404}
    for when, thing in things.items():
        answer = ask(backend, ann, f"POST /v1/things/{thing}/parts", {})
        assert answer.status == 201
        part = answer.field("id")
        note = ask(backend, ann, "POST /v1/notes", {"thing_id": thing, "text": "x"}).field("id")
        tag = ask(backend, eve, "POST /v1/tags", {"thing_id": thing, "text": "x"}).field("id")
        assert status(backend, eve, f"GET /v1/parts/{part}") == expected[when], when
        assert status(backend, eve, f"GET /v1/notes/{note}") == expected[when], when
        assert status(backend, eve, f"GET /v1/tags/{tag}") == expected[when], when
        assert (part in listed(backend, eve, f"/v1/things/{thing}/parts")) is (expected[when] == 200)
    lost = ask(backend, eve, "POST /v1/tags", {"text": "x"}).field("id")
    assert status(backend, eve, f"GET /v1/tags/{lost}") == 404, "a row that is not there is unknown, too"
