"""How far long work is: one line on a terminal that is written over, nothing where nobody looks."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 0.2  # seconds
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
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(f"{CLEAR}{text[:WIDTH]}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        print(CLEAR, end="", file=sys.stderr, flush=True)
