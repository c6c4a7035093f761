"""A database watched: how far it is on stderr, and Ctrl-C ends it early with what there is."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable

from backend_architect.tune.watching import Progress, Watched, watch

EVERY = 5.0


def watch_database(url: str, seconds: float) -> Watched:
    """Return what the database ran in the next seconds; the first Ctrl-C ends it early, the second all at once."""
    return asyncio.run(_watch(url, seconds))


async def _watch(url: str, seconds: float) -> Watched:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, end)
    try:
        return await watch(url, seconds, tell=_teller(), stop=stop)
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _teller() -> Callable[[Progress], None]:
    """Return what says every few seconds how far watching is."""
    last = 0.0

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(progress_line(progress), file=sys.stderr, flush=True)

    return tell


def progress_line(progress: Progress) -> str:
    """Return how far watching is, in a line."""
    waiting = f", {progress.waiting} wait for a lock now" if progress.waiting else ""
    counted = f"{progress.calls:,.0f} calls counted, {progress.samples} samples{waiting}"
    return f"watching: {progress.seconds:,.0f} of {progress.of:,.0f} s, {counted} (Ctrl-C ends it with what there is)"
