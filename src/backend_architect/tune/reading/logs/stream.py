"""The lines of a file, packed or not, one after the other: a log may be larger than memory."""

import codecs
import gzip
from collections.abc import Iterator
from contextlib import nullcontext
from gzip import GzipFile
from io import BufferedReader
from pathlib import Path

from backend_architect.errors import Place, Problem
from backend_architect.tune.reading.files import WorkloadError

PACKED = b"\x1f\x8b"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
"""What a file may begin with, and its encoding: Windows writes UTF-16 where a shell sends output to a file."""
LONGEST = 16 * 2**20
"""Characters of a line; what is longer comes in pieces."""


def lines_of(file: Path) -> Iterator[str]:
    """Yield the lines of a file; raise WorkloadError when it cannot be read to its end."""
    try:
        with file.open("rb") as raw:
            packed = raw.read(2) == PACKED
        with file.open("rb") as raw, gzip.open(raw) if packed else nullcontext(raw) as stream:
            yield from _decoded(stream)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WorkloadError(Problem("no-workload", reason, "name another file", Place(str(file)))) from error


def _decoded(stream: GzipFile | BufferedReader) -> Iterator[str]:
    """Yield the lines of a stream; line ends are those of Unix."""
    first = stream.readline(LONGEST)
    encoding = next((name for mark, name in MARKS.items() if first.startswith(mark)), "utf-8")
    if encoding != "utf-16":
        while first:
            yield first.decode(encoding, errors="replace").replace("\r\n", "\n")
            first, encoding = stream.readline(LONGEST), "utf-8"
        return
    decoder, left = codecs.getincrementaldecoder(encoding)(errors="replace"), ""
    while first:
        *lines, left = (left + decoder.decode(first)).replace("\r\n", "\n").split("\n")
        yield from (f"{line}\n" for line in lines)
        first = stream.readline(LONGEST)
    yield from [left] if left else []


def beginning_of(file: Path, most: int) -> list[str]:
    """Return the first lines of a file."""
    found = []
    for line in lines_of(file):
        found.append(line)
        if len(found) == most:
            break
    return found
