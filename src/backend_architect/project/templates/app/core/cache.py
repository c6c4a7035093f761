"""Answers that may be a little old and are the same for everybody, kept in this process for some seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 1_000
"""Entries at most; the oldest goes first."""

_kept: dict[Hashable, tuple[float, asyncio.Future[Any]]] = {}


async def cached(key: Hashable, seconds: float, make: Callable[[], Awaitable[T]]) -> T:
    """Return the value under `key`, made anew when it is older than `seconds`.

    A key is a tuple of all that the value depends on, each part as it is and never as text: the text `None` and
    nothing at all, or parts that hold a separator, would be one key.
    Many who ask at once share one making.
    """
    now = monotonic()
    entry = _kept.get(key)
    if entry is None or entry[0] <= now:
        while len(_kept) >= MOST:
            del _kept[next(iter(_kept))]
        _kept.pop(key, None)
        entry = _kept[key] = (now + seconds, asyncio.ensure_future(make()))
    try:
        value: T = await asyncio.shield(entry[1])
    except BaseException:
        if entry[1].done() and _kept.get(key) is entry:
            del _kept[key]
        raise
    return value


def clear_cache() -> None:
    """Forget everything; tests begin with this."""
    _kept.clear()
