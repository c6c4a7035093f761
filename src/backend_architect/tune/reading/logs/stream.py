"""The lines of a file, packed or not, one after the other: a log may be larger than memory."""

import gzip
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from backend_architect.errors import Place, Problem
from backend_architect.tune.reading.files import WorkloadError

PACKED = b"\x1f\x8b"
LONGEST = 16 * 2**20
"""Characters of a line; what is longer comes in pieces."""


def lines_of(file: Path) -> Iterator[str]:
    """Yield the lines of a file; raise WorkloadError when it cannot be read to its end."""
    try:
        with file.open("rb") as raw:
            packed = raw.read(2) == PACKED
        with file.open("rb") as raw, gzip.open(raw) if packed else nullcontext(raw) as stream:
            while line := stream.readline(LONGEST):
                yield line.decode("utf-8", errors="replace")
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WorkloadError(Problem("no-workload", reason, "name another file", Place(str(file)))) from error


def beginning_of(file: Path, most: int) -> list[str]:
    """Return the first lines of a file."""
    found = []
    for line in lines_of(file):
        found.append(line)
        if len(found) == most:
            break
    return found
