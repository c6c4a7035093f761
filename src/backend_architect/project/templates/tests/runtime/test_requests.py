"""What every route has in common: which requests are refused and how, and what every answer carries."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.core.settings import Settings
from app.core.telemetry import readable
from tests.conftest import Client, client_of, running
from tests.runtime.conftest import Lines
from tests.runtime.probe import create_probe_app

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


def assert_problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """Return the problem in an answer after a look at its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert str(problem["type"]).startswith("/problems/")
    return problem


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b'{"name": 5, "size": "many", "sise": 1}', 422, {"name", "size", "sise"}),
        (b'{"name": "%s"}' % (b"x" * 21), 422, {"name"}),
        (b'{"name": "\\u0000"}', 422, {"name"}),
        (b'{"name": "\\ud800"}', 422, {"name"}),
        (b'{"\\ud800": "\\u0000"}', 422, {"body"}),
        (b'{"\xed\xa0\x80": 1}', 400, set()),
        ('{"name": "x"}'.encode("utf-16"), 400, set()),
        (b"[1, 2]", 422, {"body"}),
        (b"", 422, {"body"}),
        (b'{"name": ', 400, set()),
        (b'{"name": "\xff\xfe"}', 400, set()),
        (b"[" * 100_000, 400, set()),
        (b'{"name":' * 50_000 + b"1" + b"}" * 50_000, 400, set()),
        (b'"' + b"x" * 2_000_000 + b'"', 413, set()),
    ],
)
async def test_bad_bodies_are_refused(client: Client, body: bytes, status: int, fields: set[str]) -> None:
    problem = assert_problem(await client.post("/probe/echo", content=body, headers=JSON), status)
    assert {error["field"] for error in problem["errors"]} == fields  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path",
    ["/probe/numbers" + end for end in ("%0a", "%0A", "%0d%0a", "%00", "%7f", "/", "%2f", "%20", ";a=b", "%3fa=b")]
    + ["//probe/numbers", "/probe//numbers", "/probe%2Fnumbers", "/probe/%2e/numbers", "/PROBE/numbers", "/healthz%0a"],
)
async def test_an_address_that_is_nearly_one_of_ours_is_none(client: Client, path: str) -> None:
    assert_problem(await client.get(path), 404)


async def test_no_route_answers_at_its_address_and_a_line_feed(app: FastAPI, client: Client) -> None:
    routes = [route for route in iter_route_contexts(app.routes) if route.methods and route.path]
    assert len(routes) > 10
    for route in routes:
        path = re.sub("{[^}]+}", "01890a5d-ac96-774b-bcce-b302099a8057", route.path or "")
        for method in route.methods or ():
            answer = await client.request(method, f"{path}%0a", json={})
            assert answer.status_code == 404, (method, path)


async def test_what_looks_like_nul_but_is_not_is_stored(client: Client) -> None:
    answer = await client.post("/probe/echo", content=rb'{"name": "a \\u0000 b"}', headers=JSON)
    assert answer.json() == r"a \u0000 b"


async def test_a_body_without_a_length_is_bounded(client: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    answer = await client.post("/probe/echo", content=endless(), headers=JSON)
    assert_problem(answer, 413)
    assert sent < 20


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_read(client: Client, kind: str) -> None:
    assert_problem(await client.post("/probe/echo", content=b'{"name": "x"}', headers={"content-type": kind}), 415)


@pytest.mark.parametrize("path", ["/probe/items/no-id", "/probe/numbers?limit=0", "/probe/numbers?limit=1000000000"])
async def test_bad_parameters_are_named(client: Client, path: str) -> None:
    assert assert_problem(await client.get(path), 422)["errors"]


async def test_unknown_addresses_and_methods(client: Client) -> None:
    assert_problem(await client.get("/nothing"), 404)
    answer = await client.put(f"/probe/items/{uuid4()}")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "DELETE, GET, HEAD"
    assert (await client.post("/healthz")).headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/probe/numbers?limit=2", "/probe/numbers?limit=x", "/docs"])
async def test_head_is_get_without_the_body(client: Client, log_lines: Lines, path: str) -> None:
    named = {"x-request-id": "the-same-one"}
    head, got = await client.head(path, headers=named), await client.get(path, headers=named)
    counted = ("ratelimit", "retry-after")
    assert (head.content, head.status_code) == (b"", got.status_code)
    assert [each for each in head.headers.items() if each[0] not in counted] == [
        each for each in got.headers.items() if each[0] not in counted
    ]
    assert [line["method"] for line in log_lines()] == ([] if path == "/healthz" else ["HEAD", "GET"])


@pytest.mark.parametrize(
    ("status", "type_", "title"),
    [(401, "unauthorized", "Sign in first"), (409, "conflict", None), (503, "unavailable", None), (410, "gone", "Gone")],
)
async def test_a_refusal_by_hand_keeps_what_it_says(client: Client, status: int, type_: str, title: str | None) -> None:
    answer = await client.get(f"/probe/refuse/{status}")
    problem = assert_problem(answer, status)
    assert (problem["type"], problem["detail"]) == (f"/problems/{type_}", "Said by hand.")
    assert title in {None, problem["title"]}
    assert (answer.headers["retry-after"], answer.headers["www-authenticate"]) == ("7", 'Basic realm="hand"')


async def test_a_refusal_names_the_columns_alone(client: Client) -> None:
    for statement in (
        "CREATE TABLE probe_people (id int PRIMARY KEY)",
        "CREATE TABLE probe_follows (follower_id int REFERENCES probe_people, lower text)",
        "CREATE UNIQUE INDEX ON probe_follows (lower(lower), follower_id)",
        "INSERT INTO probe_people VALUES (1)",
        "INSERT INTO probe_follows VALUES (1, 'a')",
    ):
        assert (await client.post("/probe/run", json=statement)).status_code in {200, 404}
    unknown = await client.post("/probe/run", json="INSERT INTO probe_follows VALUES (2, 'b')")
    assert assert_problem(unknown, 422)["detail"] == "follower_id does not exist."
    taken = await client.post("/probe/run", json="INSERT INTO probe_follows VALUES (1, 'A')")
    assert assert_problem(taken, 409)["detail"] == "lower and follower_id is already taken."


async def test_pages_follow_the_link_and_know_their_list(client: Client) -> None:
    seen, url = [], "/probe/numbers?limit=2"
    while url:
        answer = await client.get(url)
        seen += answer.json()["items"]
        url = answer.links.get("next", {}).get("url", "")
    assert seen == [1, 2, 3, 4, 5]
    for cursor in ("x", "WyJvdGhlciIsMV0", "%00", "WyJwcm9iZS5udW1iZXJzIiwieCJd"):
        assert_problem(await client.get(f"/probe/numbers?after={cursor}"), 422)


async def test_every_answer_has_the_security_headers(client: Client) -> None:
    for path in ("/healthz", "/nothing", "/probe/numbers", "/probe/fail"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers.get("server", "") == ""
    assert (await client.get("/probe/numbers", headers={"cookie": "a=b"})).headers["cache-control"] == "no-store"


async def test_a_request_id_is_kept_if_it_is_sane(client: Client, log_lines: Lines) -> None:
    assert (await client.get("/probe/numbers", headers={"x-request-id": "from-client-1"})).headers[
        "x-request-id"
    ] == "from-client-1"
    new = (await client.get("/probe/numbers", headers={"x-request-id": "x" * 500})).headers["x-request-id"]
    assert [line["request_id"] for line in log_lines()] == ["from-client-1", new]


async def test_what_nobody_expected_is_told_to_the_log_alone(client: Client, log_lines: Lines) -> None:
    problem = assert_problem(await client.get("/probe/fail"), 500)
    error, access = log_lines()
    assert "hunter2" not in f"{problem}{error}{access}"
    assert error["error"]["kind"] == "builtins.RuntimeError"  # type: ignore[index]
    assert (access["status"], access["route"]) == (500, "/probe/fail")


async def test_the_log_holds_no_query_and_one_line_each(client: Client, log_lines: Lines) -> None:
    await client.get(f"/probe/items/{uuid4()}", params={"q": "secret\r\nline"}, headers={"authorization": "Basic c2VjcmV0"})
    [line] = log_lines()
    assert "ecret" not in str(line)
    assert datetime.fromisoformat(str(line["at"])).utcoffset() == timedelta(0)


async def test_a_body_that_does_not_come_is_not_waited_for(settings: Settings) -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.sleep(10)

    async with running(settings.model_copy(update={"request_timeout": 0.2}), create_probe_app) as app:
        assert_problem(await client_of(app).post("/probe/echo", content=never(), headers=JSON), 408)


async def test_figures_are_counted_by_route(client: Client) -> None:
    await client.request("MADEUP", "/probe/numbers")
    await client.get(f"/probe/items/{uuid4()}")
    figures = (await client.get("/metrics")).text
    assert 'http_request_seconds_count{method="GET",route="/probe/items/{item_id}",status="200"}' in figures
    assert "MADEUP" not in figures


async def test_the_pages_of_the_document_need_no_internet(client: Client) -> None:
    page = (await client.get("/docs")).text
    addresses = [*re.findall(r'(?:src|href)="([^"]+)"', page), *re.findall(r"url: '([^']+)'", page)]
    assert len(addresses) == 4
    assert [(await client.get(address)).status_code for address in addresses] == [200] * 4


async def test_production_hides_its_insides(settings: Settings) -> None:
    token = "m" * 40
    hidden = {"environment": "production", "trusted_hosts": ("api.example",), "metrics_token": token}
    async with running(settings.model_copy(update=hidden), create_probe_app) as app:
        client = client_of(app)
        for path in ("/docs", "/redoc", "/openapi.json", "/metrics"):
            assert_problem(await client.get(path), 404)
        assert (await client.get("/metrics", headers={"authorization": f"Bearer {token}"})).status_code == 200
        assert_problem(await client.get("/probe/numbers", headers={"host": "evil.example"}), 400)
        assert (await client.get("/healthz", headers={"host": "10.0.0.1"})).status_code == 200
        assert (await client.get("/probe/numbers", headers={"host": "API.example:443"})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil.example", "http://app.example"])
async def test_other_origins_are_not_let_in(settings: Settings, origin: str) -> None:
    async with running(settings.model_copy(update={"allowed_origins": ("https://app.example",)}), create_probe_app) as app:
        client = client_of(app)
        assert "access-control-allow-origin" not in (await client.get("/probe/numbers", headers={"origin": origin})).headers
        allowed = await client.get("/probe/numbers", headers={"origin": "https://app.example"})
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        failed = await client.get("/probe/fail", headers={"origin": "https://app.example"})
        assert (failed.status_code, failed.headers["access-control-allow-origin"]) == (500, "https://app.example")


async def test_development_reads_its_log_lines(client: Client, log_lines: Lines) -> None:
    await client.get("/probe/nothing")
    (access,) = [line for line in log_lines() if line["logger"] == "access"]
    line = readable(access | {"at": datetime(2030, 1, 31, 12)})
    assert re.match(rb"12:00:00 info    GET /probe/nothing 404 route=none ms=", line)


async def test_what_is_given_out_works_behind_a_prefix(settings: Settings) -> None:
    allowed = settings.model_copy(update={"allowed_origins": ("https://app.example",)})
    async with running(allowed, create_probe_app) as app:
        transport = httpx.ASGITransport(app, root_path="/shop-api")  # as app/serve.py does with ROOT_PATH
        client = httpx.AsyncClient(transport=transport, base_url="https://api.example")
        assert (await client.get("/openapi.json")).json()["servers"] == [{"url": "/shop-api"}]
        assert '"/shop-api/openapi.json"' in (await client.get("/docs")).text.replace("'", '"')
        assert (await client.get("/nothing")).json()["instance"] == "/shop-api/nothing"
        asks = {"origin": "https://app.example", "access-control-request-method": "GET"}
        headers = asks | {"access-control-request-headers": "traceparent,baggage,sentry-trace"}
        assert (await client.options("/probe/echo", headers=headers)).status_code == 200
