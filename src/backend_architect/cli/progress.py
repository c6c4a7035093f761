"""Progress of long work on stderr: a line that is overwritten, and how far watching a database is."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend_architect.tune.watching import Progress, Watched, watch

LINE_INTERVAL = 0.2  # seconds
WIDTH = 78
CLEAR = "\r\x1b[K"


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give what tells how far the work is, on stderr; the line is gone afterwards."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    last = 0.0

    def tell(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_INTERVAL:
            last = time.monotonic()
            print(f"{CLEAR}{text[:WIDTH]}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        print(CLEAR, end="", file=sys.stderr, flush=True)


WATCH_INTERVAL = 5.0


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
        if time.monotonic() - last >= WATCH_INTERVAL:
            last = time.monotonic()
            print(progress_line(progress), file=sys.stderr, flush=True)

    return tell


def progress_line(progress: Progress) -> str:
    """Return how far watching is, in a line."""
    waiting = f", {progress.waiting} wait for a lock now" if progress.waiting else ""
    counted = f"{progress.calls:,.0f} calls counted, {progress.samples} samples{waiting}"
    return f"watching: {progress.seconds:,.0f} of {progress.of:,.0f} s, {counted} (Ctrl-C ends it with what there is)"
