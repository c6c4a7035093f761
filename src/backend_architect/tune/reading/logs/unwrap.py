"""The lines of a log as the server wrote them, out of whatever carried them, one layer inside the other."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from backend_architect.tune.reading.logs.envelopes import from_explorer, from_json, is_explorer, is_json
from backend_architect.tune.reading.logs.stream import lines_of
from backend_architect.tune.reading.logs.transports import transport_of, without_transport

BEGINNING = 200
"""Lines that tell what carries a log."""
LAYERS = 4


def log_lines(file: Path) -> Iterator[str]:
    """Yield the lines of a log; raise WorkloadError when the file cannot be read to its end."""
    return unwrapped(lines_of(file))


def unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines without what carried them, as they are where nothing did."""
    inner = iter(lines)
    for _ in range(LAYERS):
        beginning = list(islice(inner, BEGINNING))
        inner = chain(beginning, inner)
        pattern = transport_of(beginning)
        if is_json(beginning):
            inner = from_json(inner)
        elif is_explorer(beginning):
            inner = from_explorer(inner)
        elif pattern is not None:
            inner = without_transport(inner, pattern)
        else:
            break
    return inner
