"""The answers of the routes: each value is turned into JSON bytes once, straight from its dataclass."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends, Response
from fastapi.params import Header as HeaderParameter

from app.core.errors import NotFound, found
from app.core.pagination import Page
from app.core.request_context import current

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OWN_TAG = re.compile(r'"([0-9a-f]{1,14})"')

Versions = list[datetime]

encode = msgspec.json.Encoder().encode


class Answer(Response):
    """An answer whose bytes are JSON already."""

    media_type = "application/json"


def ok(value: object | None) -> Response:
    """Return 200 with `value`; nothing there is a 404."""
    return Answer(encode(found(value)), headers=_version(value))


def created(value: object | None, path: str) -> Response:
    """Return 201 with `value` and its address under `path`; a row that the rules refuse is a 404."""
    location = f"{current.get().root}/v1/{path}/{getattr(found(value), 'id')}"  # noqa: B009
    return Answer(encode(value), 201, {"location": location, **_version(value)})


def no_content(done: bool) -> Response:
    """Return 204, or 404 when there was nothing to do it to."""
    if not done:
        raise NotFound
    return Response(status_code=204)


def page(result: Page[T]) -> Response:
    """Return one page of a list, with a link to the next one (RFC 8288)."""
    return Answer(encode(result), headers={"link": _next_link(result.next)} if result.next else {})


def _next_link(cursor: str) -> str:
    request = current.get()
    kept = [part for part in request.query.decode().split("&") if part and not part.startswith("after=")]
    query = "&".join([*kept, f"after={cursor}"]).replace(">", "%3E").replace("<", "%3C")
    return f'<{request.root}{request.path}?{query}>; rel="next"'


def _version(value: object) -> dict[str, str]:
    """Return the ETag of a row: when it was last changed."""
    changed_at = getattr(value, "updated_at", None)
    return {"etag": f'"{(changed_at - EPOCH) // MICROSECOND:x}"'} if changed_at else {}


async def _if_match(if_match: Annotated[str | None, HeaderParameter(max_length=1000)] = None) -> Versions | None:
    """Return the versions that a list of ETags names; a weak one (`W/"..."`) matches no row (RFC 9110)."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (OWN_TAG.fullmatch(tag.strip()) for tag in if_match.split(","))
    return [EPOCH + int(tag[1], 16) * MICROSECOND for tag in tags if tag]


IfMatch = Annotated[Versions | None, Depends(_if_match)]
