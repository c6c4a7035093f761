"""Waiting for something to come true, with more patience than the slowest machine needs."""

import time
from collections.abc import Callable

PATIENCE = 60.0


def soon(holds: Callable[[], object]) -> None:
    """Return once it holds; fail where it never does."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)
