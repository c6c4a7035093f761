"""What answers say holds for whoever reads them, and whatever the language of the server's messages is."""

from datetime import UTC, datetime

import asyncpg
import pytest
from app.core.errors import problem_of
from app.core.telemetry import readable
from tests.conftest import Client, People

pytestmark = pytest.mark.anyio


async def test_a_cached_list_does_not_tell_whether_one_likes_a_post(people: People, client: Client) -> None:
    ann = await people("ann")
    post = (await ann.post("/v1/posts", json={"body": "Hello"})).json()
    assert (await ann.put(f"/v1/posts/{post['id']}/like")).status_code == 204
    assert (await ann.get(f"/v1/posts/{post['id']}")).json()["liked"] is True
    assert (await (await people("eve")).get(f"/v1/posts/{post['id']}")).json()["liked"] is False
    for reader in (ann, client):
        shown = (await reader.get("/v1/trending")).json()["items"]
        assert [(each["likes"], each["liked"]) for each in shown] == [(1, None)]
    liked = (await client.get("/openapi.json")).json()["components"]["schemas"]["Post"]["properties"]["liked"]
    assert liked["anyOf"] == [{"type": "boolean"}, {"type": "null"}]


@pytest.mark.parametrize(
    "detail",
    [  # as in the catalogues de.po, ja.po and fr.po of PostgreSQL
        "Schlüssel (lower(email))=(ann@example.com) existiert bereits.",
        "キー (lower(email))=(ann@example.com) はすでに存在します。",
        "La clé « (lower(email))=(ann@example.com) » existe déjà.",
    ],
)
def test_the_server_may_speak_any_language(detail: str) -> None:
    error = asyncpg.UniqueViolationError()
    error.detail = detail
    problem = problem_of(error, "POST", "/v1/auth/sign-up")
    assert (problem.status, [each.field for each in problem.errors]) == (409, ["email"])


def test_what_a_foreign_key_refuses_is_told_by_its_code_and_the_method() -> None:
    error = asyncpg.ForeignKeyViolationError()
    error.detail = "Schlüssel (shared_id)=(1) ist nicht in Tabelle »posts« vorhanden."
    problem = problem_of(error, "POST", "/v1/posts")
    assert (problem.status, [each.field for each in problem.errors]) == (422, ["shared_id"])
    error.detail = "Auf Schlüssel (id)=(1) wird noch aus Tabelle »notes« verwiesen."
    assert problem_of(error, "DELETE", "/v1/posts/1").status == 409  # ON DELETE NO ACTION, in a team's own table
    assert problem_of(asyncpg.RestrictViolationError(), "POST", "/v1/posts").status == 409


def test_a_developer_reads_lines_not_json() -> None:
    at = datetime(2026, 1, 2, 12, 30, 1, tzinfo=UTC)
    line = readable({"at": at, "level": "info", "logger": "app", "message": "GET /v1/posts 200", "ms": 4.2})
    assert line == b"12:30:01 info    GET /v1/posts 200 ms=4.2"
