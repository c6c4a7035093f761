"""What happens to every request before and after its route. Two pure ASGI layers, because each layer costs.

`Observe` is the outermost: it names the request, answers what nobody expected with a plain 500, adds the security
headers, and tells the log and the metrics. `Guard` lets in only what a route should see: a known host, a caller
within the limits, and a body that is small enough, JSON, and free of characters that cannot be stored.
"""

import asyncio
import json
import logging
import re
from functools import cache
from secrets import token_hex
from time import perf_counter, time
from typing import Any

from prometheus_client import Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import (
    FieldError,
    Invalid,
    Malformed,
    Problem,
    TooLarge,
    TooSlow,
    Unavailable,
    UnsupportedMediaType,
    problem_response,
)
from app.health import PATHS as HEALTH_PATHS
from app.rate_limits import check_limits
from app.request_context import Header, RequestContext, context_of, current
from app.settings import Settings
from app.telemetry import REFUSED, REQUEST_SECONDS, write_line

log = logging.getLogger("app.middleware")

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
SECURITY_HEADERS: list[Header] = [
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"server", b""),
]
NO_STORE: Header = (b"cache-control", b"no-store")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DOCS = frozenset({"/docs", "/openapi.json"})


class Observe:
    """Names, times, logs and counts every request, and is the last to answer when something failed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        context = _context(scope)
        current.set(context)
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_extra_headers(context)]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:  # the one place where anything unexpected ends
            log.error("unexpected error", exc_info=error)
            if status == 0:
                await problem_response(Problem())(scope, receive, send_with_headers)
        _tell(scope, context, status or 499, perf_counter() - started)


def _context(scope: Scope) -> RequestContext:
    headers = dict(scope["headers"])
    sent = headers.get(b"x-request-id", b"")
    name = sent.decode() if SAFE_ID.fullmatch(sent) else token_hex(8)
    context = RequestContext(name, scope["path"], scope["query_string"], headers)
    scope["context"] = context
    return context


def _extra_headers(context: RequestContext) -> list[Header]:
    extra = [*SECURITY_HEADERS, (b"x-request-id", context.id.encode()), *context.answer_headers]
    if b"authorization" in context.headers or b"cookie" in context.headers:
        extra.append(NO_STORE)
    if context.path in DOCS:
        extra = [header for header in extra if header[0] != b"content-security-policy"]
    return extra


def _tell(scope: Scope, context: RequestContext, status: int, seconds: float) -> None:
    """Write the access line and count the request under its route's template, so that ids do not become labels."""
    if context.path in HEALTH_PATHS:
        return
    route = getattr(scope.get("route"), "path", "none")
    _seconds_of(scope["method"] if scope["method"] in METHODS else "other", route, status).observe(seconds)
    write_line(
        {
            "at": time(),
            "level": "info",
            "logger": "access",
            "request_id": context.id,
            "method": scope["method"],
            "path": context.path,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "client": scope["client"][0] if scope.get("client") else None,
        }
    )


@cache
def _seconds_of(method: str, route: str, status: int) -> Histogram:
    """Return where the times of such answers are counted; there are only so many kinds."""
    return REQUEST_SECONDS.labels(method, route, status)


class Guard:
    """Refuses what no route should see. Health checks pass: probes have no host name, and no limit."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in settings.trusted_hosts)
        self.max_body = settings.max_body
        self.timeout = settings.request_timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in HEALTH_PATHS:
            await self.app(scope, receive, send)
            return
        started, admitted = False, False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self.timeout):
                receive = await self._admit(scope, receive)
                admitted = True
                await self.app(scope, receive, send_and_note)
        except Problem as problem:
            REFUSED.labels(problem.slug).inc()
            await problem_response(problem)(scope, receive, send)
        except TimeoutError:
            if started:
                raise
            late = Unavailable("It took too long.") if admitted else TooSlow()
            REFUSED.labels(late.slug).inc()
            await problem_response(late)(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """Return what the route receives from, or raise the problem with this request."""
        headers = context_of(scope).headers
        if self.hosts and not self._knows(headers.get(b"host", b"")):
            raise Malformed("Unknown host.")
        await check_limits(Request(scope))
        if b"content-length" not in headers and b"transfer-encoding" not in headers and scope["http_version"] < "2":
            return receive
        body = await self._read_body(headers, receive)
        if body:
            check_body(body, headers.get(b"content-type", b""))
        return _replay(body, receive)

    def _knows(self, host: bytes) -> bool:
        name = host.decode("latin-1").lower()
        return name in self.hosts or re.sub(r":\d+$", "", name) in self.hosts

    async def _read_body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """Return the whole body; one that is too large is refused as soon as that is known."""
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared[:20]) > self.max_body:
            raise TooLarge(f"At most {self.max_body} bytes are accepted.")
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Malformed("The request ended before its body did.")
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            more = message.get("more_body", False)
            if size > self.max_body:
                raise TooLarge(f"At most {self.max_body} bytes are accepted.")
        return b"".join(chunks)


def check_body(body: bytes, content_type: bytes) -> None:
    """Raise the problem with a body that is not JSON, or that holds a NUL character, which PostgreSQL cannot store."""
    if content_type.split(b";")[0].strip().lower() != b"application/json":
        raise UnsupportedMediaType
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    where = _unstorable(body) if b"\\u" in body else None
    if where is not None:
        wrong = FieldError(where or "body", "has a character that cannot be stored", "unstorable")
        raise Invalid("U+0000 and halves of surrogate pairs cannot be stored.", errors=[wrong])


def _unstorable(body: bytes) -> str | None:
    """Return where in the JSON a text has a character that PostgreSQL refuses; the escapes alone do not tell."""
    try:
        waiting: list[tuple[str, object]] = [("", json.loads(body))]
    except (ValueError, RecursionError):
        return None  # the route will say what is wrong
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and UNSTORABLE.search(value):
            return UNSTORABLE.sub("?", path)[:200]
        if isinstance(value, dict):
            waiting += [(path, key) for key in value]
            waiting += [(f"{path}.{key}".lstrip("."), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [(path, item) for item in value]
    return None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body in one piece, then what the client does next."""
    message: dict[str, Any] | None = {"type": "http.request", "body": body, "more_body": False}

    async def replay() -> Message:
        nonlocal message
        if message is None:
            return await receive()
        first, message = message, None
        return first

    return replay
