"""How often one caller may ask: counted for each caller."""

from ipaddress import ip_network

import pytest
from fastapi import FastAPI

from app.core.rate_limits import EVERYTHING, Limit, RateLimits
from app.core.settings import Settings
from tests.conftest import Client, client_of, running
from tests.runtime.conftest import Lines
from tests.runtime.probe import LIMITED, create_probe_app

pytestmark = pytest.mark.anyio


async def statuses(client: Client, count: int, **headers: str) -> list[int]:
    return [(await client.get("/probe/numbers", headers=headers)).status_code for _ in range(count)]


async def test_a_caller_over_the_limit_waits(app: FastAPI, client: Client) -> None:
    for _ in range(EVERYTHING.count - 1):
        await app.state.rate_limits.take(EVERYTHING, "127.0.0.1")
    assert (await statuses(client, 3))[0] == 200
    answer = await client.get("/probe/numbers")
    while answer.status_code == 200:  # a slow machine
        answer = await client.get("/probe/numbers")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["ratelimit"].startswith('"everything";r=0;t=')
    assert answer.headers["ratelimit-policy"] == f'"everything";q={EVERYTHING.count};w={EVERYTHING.seconds}'
    assert "connection" not in answer.headers
    assert (await client.get("/healthz")).status_code == 200


async def test_a_connection_ends_when_a_body_on_it_was_not_read(app: FastAPI, client: Client) -> None:
    for _ in range(EVERYTHING.count):
        await app.state.rate_limits.take(EVERYTHING, "127.0.0.1")
    answer = await client.post("/probe/numbers", json={})
    while answer.status_code != 429:  # a slow machine
        answer = await client.post("/probe/numbers", json={})
    assert answer.headers["connection"] == "close"


async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(app: FastAPI, settings: Settings) -> None:
    assert await statuses(client_of(app), 2, **{"x-forwarded-for": "203.0.113.1"}) == [200, 200]
    assert list(app.state.rate_limits.due) == ["everything:127.0.0.1"]
    behind = settings.model_copy(update={"trusted_proxies": (ip_network("127.0.0.0/8"),)})
    async with running(behind, create_probe_app) as app:
        for forwarded in (
            "198.51.100.9, 203.0.113.1, 127.0.0.2",
            "2001:db8:1:2:3::4",
            "::ffff:198.51.100.7",
            "nobody",
            "nobody else",
        ):
            assert await statuses(client_of(app), 1, **{"x-forwarded-for": forwarded}) == [200]
        counted = ["203.0.113.1", "2001:db8:1:2::/64", "198.51.100.7", "unknown"]
        assert list(app.state.rate_limits.due) == [f"everything:{address}" for address in counted]


async def test_the_log_names_the_client_that_the_limits_count(settings: Settings, log_lines: Lines) -> None:
    behind = settings.model_copy(update={"trusted_proxies": (ip_network("127.0.0.0/8"),)})
    async with running(behind, create_probe_app) as app:
        await statuses(client_of(app), 1, **{"x-forwarded-for": "198.51.100.9, 203.0.113.1, 127.0.0.2"})
        await statuses(client_of(app), 1)
    assert [line["client"] for line in log_lines() if line["logger"] == "access"] == ["203.0.113.1", "127.0.0.1"]


async def test_a_route_has_limits_of_its_own_however_its_address_is_spelled(client: Client) -> None:
    spellings = ["/probe/limited", "/probe/%6cimited", "/probe/limited?again=1"]
    answers = [await client.get(spelling) for spelling in spellings]
    assert [answer.status_code for answer in answers] == [200] * LIMITED
    assert answers[0].headers["ratelimit"] == f'"limited";r={LIMITED - 1};t=0'
    refused = [await client.get("/probe/limited"), await client.head("/probe/limited"), await client.get(spellings[1])]
    assert [answer.status_code for answer in refused] == [429] * 3
    assert 0 < int(refused[0].headers["retry-after"]) <= 3600 / LIMITED
    assert refused[0].headers["ratelimit"] == f'"limited";r=0;t={refused[0].headers["retry-after"]}'
    assert refused[0].headers["ratelimit-policy"] == f'"limited";q={LIMITED};w=3600'
    assert (await statuses(client, 1)) == [200]


async def test_a_wrong_value_counts_against_the_limit_of_its_route(client: Client) -> None:
    wrong = [(await client.get("/probe/limited?size=many")).status_code for _ in range(LIMITED + 1)]
    assert wrong == [422] * LIMITED + [429]


async def test_the_table_is_bounded() -> None:
    limits = RateLimits(most=10)
    for number in range(50):
        assert (await limits.take(Limit("few", 5, 60), f"caller {number}")).allowed
    assert len(limits.due) <= 10


async def test_requests_are_spread_over_the_window() -> None:
    limits = RateLimits()
    verdicts = [await limits.take(Limit("few", 3, 60), "caller") for _ in range(4)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
    assert 19 < verdicts[3].retry_after <= 20
