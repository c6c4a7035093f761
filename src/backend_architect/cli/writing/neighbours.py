"""Clashes that are none: one side changed a line, the other put lines before or after it."""

import re
from collections.abc import Sequence

CLASH = re.compile(
    r"^<{7} yours\n(?P<yours>.*?)^\|{7} generated before\n(?P<before>.*?)^={7}\n(?P<now>.*?)^>{7} generated now\n",
    re.MULTILINE | re.DOTALL,
)


def neighbours_apart(marked: str) -> str | None:
    """Return a text that git marked in the style of diff3 with all of both sides, or None where they really clash."""
    clashes = [
        [found[name].splitlines(True) for name in ("yours", "before", "now")] for found in CLASH.finditer(marked)
    ]
    if marked.count("\n=======\n") != len(clashes):  # the file has such a line of its own
        return None
    both = [_both(*clash) for clash in clashes]
    texts = iter("".join(lines) for lines in both if lines is not None)
    return None if None in both else CLASH.sub(lambda _: next(texts), marked)


def _both(yours: Sequence[str], before: Sequence[str], now: Sequence[str]) -> list[str] | None:
    """Return what one side made of the lines, with what the other put around them; None where both changed them."""
    size = len(before)
    for changed, around in ((yours, now), (now, yours)):
        if size and around[:size] == before:
            return [*changed, *around[size:]]
        if size and around[-size:] == before:
            return [*around[:-size], *changed]
    return None
