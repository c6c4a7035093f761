"""The answers of the routes: each value is turned into JSON bytes once, straight from its dataclass."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends, Response
from fastapi.params import Header as HeaderParameter
from starlette.types import Receive, Scope, Send

from app.core.errors import NotFound, found
from app.core.pagination import Page
from app.core.request_context import Header, current

T = TypeVar("T")

JSON: Header = (b"content-type", b"application/json")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OWN_TAG = re.compile(r'"([0-9a-f]{1,14})"')

Versions = list[datetime]

encode = msgspec.json.Encoder().encode


class Answer(Response):
    """An answer whose bytes are ready; Starlette's own response would prepare its headers again each time."""

    def __init__(self, content: bytes = b"", status: int = 200, headers: Sequence[Header] = ()) -> None:
        self.status_code = status
        self.body = content
        self.background = None
        self.raw_headers = [JSON, (b"content-length", b"%d" % len(content)), *headers] if content else [*headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


def ok(value: object | None) -> Response:
    """Return 200 with `value`; nothing there is a 404."""
    return Answer(encode(found(value)), headers=_version(value))


def created(value: object | None, path: str) -> Response:
    """Return 201 with `value` and its address under `path`; a row that the rules refuse is a 404."""
    location = f"{current.get().root}/v1/{path}/{getattr(found(value), 'id')}".encode()  # noqa: B009
    return Answer(encode(value), 201, [(b"location", location), *_version(value)])


def no_content(done: bool) -> Response:
    """Return 204, or 404 when there was nothing to do it to."""
    if not done:
        raise NotFound
    return Answer(status=204)


def page(result: Page[T]) -> Response:
    """Return one page of a list, with a link to the next one (RFC 8288)."""
    return Answer(encode(result), headers=[(b"link", _next_link(result.next))] if result.next else ())


def _next_link(cursor: str) -> bytes:
    request = current.get()
    kept = [part for part in request.query.split(b"&") if part and not part.startswith(b"after=")]
    query = b"&".join([*kept, b"after=" + cursor.encode()]).replace(b">", b"%3E").replace(b"<", b"%3C")
    return b'<%s?%s>; rel="next"' % ((request.root + request.path).encode(), query)


def _version(value: object) -> list[Header]:
    """Return the ETag of a row: when it was last changed."""
    changed_at = getattr(value, "updated_at", None)
    return [(b"etag", b'"%x"' % ((changed_at - EPOCH) // MICROSECOND))] if changed_at else []


async def _if_match(if_match: Annotated[str | None, HeaderParameter(max_length=1000)] = None) -> Versions | None:
    """Return the versions that a list of ETags names; a weak one (`W/"..."`) matches no row (RFC 9110)."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (OWN_TAG.fullmatch(tag.strip()) for tag in if_match.split(","))
    return [EPOCH + int(tag[1], 16) * MICROSECOND for tag in tags if tag]


IfMatch = Annotated[Versions | None, Depends(_if_match)]
