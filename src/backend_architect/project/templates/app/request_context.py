"""What is known about the request that is being answered, for logs, rate limits and links."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

Header = tuple[bytes, bytes]


@dataclass(slots=True)
class RequestContext:
    """One request, as the outermost middleware saw it; `answer_headers` go out with whatever is answered."""

    id: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    answer_headers: list[Header] = field(default_factory=list)


_nothing = RequestContext(id="-", path="", query=b"", headers={})
current: ContextVar[RequestContext] = ContextVar("current_request", default=_nothing)


def context_of(scope: Any) -> RequestContext:
    """Return the context of an ASGI scope; the middleware puts it there."""
    found: RequestContext = scope.get("context", _nothing)
    return found
