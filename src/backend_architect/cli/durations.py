"""Times and multiples as people write them."""

import re

from backend_architect.cli.changes import ChangeRefused
from backend_architect.errors import Problem

UNITS = {"s": 1, "m": 60, "h": 3_600}
MOST_TIMES = 10_000


def read_seconds(text: str) -> float:
    """Return `10m` as seconds; raises ChangeRefused for anything else."""
    number, unit = (text[:-1], text[-1:]) if text[-1:] in UNITS else (text, "s")
    if not number.isdecimal():
        raise ChangeRefused(Problem("not-a-time", f"{text} is no time", "write 30s, 10m or 2h"))
    return float(number) * UNITS[unit]


def read_times(text: str) -> float | None:
    """Return `100x` as a number, None for ''; raises ChangeRefused for anything that is no growth."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)x", text.strip().lower())
    times = float(match[1]) if match else 0.0
    if not 1 < times <= MOST_TIMES:
        raise ChangeRefused(Problem("not-a-growth", f"{text} is no growth of the tables", "write 10x, 100x or 1000x"))
    return times


def read_waits(wait: str, canary: str, *, applies: bool) -> tuple[float, float]:
    """Return how long to wait for calls, and to watch each new index; raises ChangeRefused where none is built."""
    seconds = read_seconds(canary)
    if seconds and not applies:
        raise ChangeRefused(
            Problem("canary-without-apply", "--canary watches indexes that --apply builds", "add --apply")
        )
    return read_seconds(wait), seconds
