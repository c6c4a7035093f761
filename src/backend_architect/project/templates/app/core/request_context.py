"""What is known about the request that is being answered, for logs, rate limits and links."""

from contextvars import ContextVar
from dataclasses import dataclass, field

Header = tuple[bytes, bytes]


@dataclass(slots=True)
class RequestContext:
    """One request, as the outermost middleware saw it; `answer_headers` go out with whatever is answered."""

    id: str
    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes = b""
    answer_headers: list[Header] = field(default_factory=list)
    verdict: tuple[bool, int, float] | None = None
    """What the tightest rate limit says of it: whether it may pass, how many more may follow, and when the next may."""
    root: str = ""  # ROOT_PATH, the prefix under which a proxy in front answers, and which it has cut off
    status: int = 0


_nothing = RequestContext(id="-", method="", path="", query=b"", headers={})
current: ContextVar[RequestContext] = ContextVar("current_request", default=_nothing)
