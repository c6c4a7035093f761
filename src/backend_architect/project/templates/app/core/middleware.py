"""What happens to every request before and after its route. Two pure ASGI layers, because each layer costs.

`Observe` is the outermost: it names the request, adds the security headers, and tells the log and the metrics. `Guard`
lets in only what a route should see: a known host, a caller within the limits, an address that means one thing to every
reader (no control characters, no encoded slash), and a body that is small enough and JSON. It answers what nobody
expected with a plain 500, inside the layer of CORS: a browser reads that, too.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable
from secrets import token_hex
from time import perf_counter

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import (
    Malformed,
    NotFound,
    Problem,
    TooLarge,
    TooSlow,
    Unavailable,
    UnsupportedMediaType,
    problem_response,
)
from app.core.health import PATHS as HEALTH_PATHS
from app.core.rate_limits import EVERYTHING, check_limit, client_address
from app.core.request_context import Header, RequestContext, current
from app.core.settings import Settings
from app.core.telemetry import REFUSED, REQUEST_SECONDS

log = logging.getLogger("app.core.middleware")
access_log = logging.getLogger("access")

UNROUTABLE = re.compile(r"[\0-\x1f\x7f]")  # a router takes an address that ends in a line feed for the one without it
SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
DOCS_HEADERS: list[Header] = [
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"referrer-policy", b"no-referrer"),
    (b"server", b""),
]
SECURITY_HEADERS = [*DOCS_HEADERS, (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]
NO_STORE: Header = (b"cache-control", b"no-store")
CLOSE: Header = (b"connection", b"close")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DOCS = frozenset({"/docs", "/openapi.json"})


class Observe:
    """Names, times, logs and counts every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        context = _context(scope)
        current.set(context)

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                context.status = message["status"]
                message["headers"] = [*message["headers"], *_extra_headers(context)]
                if scope["app"].state.stopping.is_set():
                    message["headers"].append(CLOSE)  # a kept connection would break under its next request
            return send(message)

        await self.app(scope, receive, send_with_headers)
        if context.path not in HEALTH_PATHS:
            _tell(scope, context, perf_counter() - started)


def _context(scope: Scope) -> RequestContext:
    headers = dict(scope["headers"])
    sent = headers.get(b"x-request-id", b"")
    name = sent.decode() if SAFE_ID.fullmatch(sent) else token_hex(8)
    root = scope.get("root_path", "")
    return RequestContext(name, scope["method"], scope["path"], scope["query_string"], headers, root=root)


def _extra_headers(context: RequestContext) -> list[Header]:
    own = DOCS_HEADERS if context.path in DOCS else SECURITY_HEADERS
    extra = [*own, (b"x-request-id", context.id.encode()), *context.answer_headers]
    if b"authorization" in context.headers or b"cookie" in context.headers:
        extra.append(NO_STORE)
    return extra


def _tell(scope: Scope, context: RequestContext, seconds: float) -> None:
    """Write the access line and count the request under its route's template, so that ids do not become labels."""
    route = getattr(scope.get("route"), "path", "none")
    status = context.status or 499
    method = context.method if context.method in METHODS else "other"
    REQUEST_SECONDS.labels(method, route, status).observe(seconds)
    fields = {
        "method": context.method,
        "path": context.path,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "client": client_address(scope),
    }
    access_log.info("%s %s %s", context.method, context.path, status, extra=fields)


class Guard:
    """Refuses what no route should see. Health checks pass: probes have no host name, and no limit."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in settings.trusted_hosts)
        self.max_body = settings.max_body
        self.timeout = settings.request_timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope["method"] = "GET"  # and the server sends no body
        try:
            if scope["path"] in HEALTH_PATHS:
                await self.app(scope, receive, send)
            else:
                await self._guarded(scope, current.get(), receive, send)
        except Exception as error:  # the one place where anything unexpected ends
            log.error("unexpected error", exc_info=error)
            if not current.get().status:
                await problem_response(Problem())(scope, receive, send)

    async def _guarded(self, scope: Scope, context: RequestContext, receive: Receive, send: Send) -> None:
        admitted = False
        try:
            async with asyncio.timeout(self.timeout):
                await self._admit(scope, context)
                if _has_body(context):
                    receive = await self._read_body(scope, context, receive)
                admitted = True
                await self.app(scope, receive, send)
        except (Problem, TimeoutError) as error:
            if context.status:
                raise
            late = Unavailable("It took too long.") if admitted else TooSlow()
            problem = error if isinstance(error, Problem) else late
            REFUSED.labels(problem.slug).inc()
            if not admitted and _has_body(context):
                problem.headers["Connection"] = "close"  # the server ends it anyway: told, nobody sends on it again
            await problem_response(problem)(scope, receive, send)

    async def _admit(self, scope: Scope, context: RequestContext) -> None:
        """Raise the problem with this request's address, or with how often its caller asks."""
        if self.hosts and not self._knows(context.headers.get(b"host", b"")):
            raise Malformed("Unknown host.")
        await check_limit(scope, EVERYTHING)
        if UNROUTABLE.search(scope["path"]) or b"%2f" in (scope.get("raw_path") or b"").lower():
            raise NotFound

    def _knows(self, host: bytes) -> bool:
        name = host.decode("latin-1").lower()
        without_port, _, port = name.rpartition(":")
        return name in self.hosts or (port.isdecimal() and without_port in self.hosts)

    async def _read_body(self, scope: Scope, context: RequestContext, receive: Receive) -> Receive:
        """Return what the route receives the whole body from; one too large is refused as soon as that is known."""
        too_large = TooLarge(f"At most {self.max_body} bytes are accepted.")
        if int(context.headers.get(b"content-length", b"0")) > self.max_body:
            raise too_large
        body = bytearray()
        try:
            async for chunk in Request(scope, receive).stream():
                body += chunk
                if len(body) > self.max_body:
                    raise too_large
        except ClientDisconnect:
            raise Malformed("The request ended before its body did.") from None
        context.body = bytes(body)
        if body:
            check_body(context.body, context.headers.get(b"content-type", b""))
        return with_body(context.body, receive)


def _has_body(context: RequestContext) -> bool:
    return b"content-length" in context.headers or b"transfer-encoding" in context.headers


def check_body(body: bytes, content_type: bytes) -> None:
    """Raise the problem with a body that does not say that it is JSON, or that is no UTF-8."""
    if content_type.split(b";")[0].strip().lower() != b"application/json":
        raise UnsupportedMediaType
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None


def with_body(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body in one piece, then what the client does next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
