"""A workload from a file or a folder of SQL: each statement once, or as often as a comment in front of it says.

```sql
-- weight: 250
SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20;
```
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from pglast.parser import ParseError, scan

from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.tune.reading.usable_statements import identity, keep
from backend_architect.tune.workload import Statement, Workload

WEIGHT = re.compile(r"--\s*(?:weight|calls):\s*([0-9][0-9_]*(?:\.[0-9]+)?)")
LARGEST = 64 * 2**20
SEMICOLON, COMMENTS = "ASCII_59", ("SQL_COMMENT", "C_COMMENT")


class WorkloadError(ArchitectError):
    """A workload cannot be read."""


def read_files(path: Path) -> Workload:
    """Return the statements of a file, or of each .sql file below a folder; raise WorkloadError without any."""
    files = sorted(each for each in path.rglob("*.sql") if each.is_file()) if path.is_dir() else [path]
    if not files:
        raise WorkloadError(Problem("no-workload", f"{path} holds no .sql file", "name a file, or a folder of them"))
    weights: dict[str, float] = {}
    texts: dict[str, str] = {}
    for file in files:
        for text, weight in _statements(file):
            texts.setdefault(identity(text), text)
            weights[identity(text)] = weights.get(identity(text), 0.0) + weight
    read = [Statement(id=each, text=text, calls=weights[each]) for each, text in texts.items()]
    workload = keep(read, str(path))
    if not workload.statements:
        why = "".join(f"; {count} {reason}" for reason, count in workload.left_out.items())
        message = f"{path} holds no statement that has a plan{why}"
        raise WorkloadError(Problem("no-workload", message, "write some SELECT"))
    return workload


def _statements(file: Path) -> Iterator[tuple[str, float]]:
    text = _text(file)
    for part in split_statements(text):
        weight = WEIGHT.search(part)
        yield _without_weight(part), float(weight[1].replace("_", "")) if weight else 1.0


def _without_weight(part: str) -> str:
    """Return a statement without the comments in front of it that say its weight: they are no part of its text."""
    lines = part.splitlines()
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("--")), 0)
    kept = [line for line in lines[:first] if not WEIGHT.match(line.strip())]
    return "\n".join([*kept, *lines[first:]]).strip()


def split_statements(text: str) -> list[str]:
    """Return the statements of a text, at its semicolons outside of strings, comments and dollar quotes.

    From a quote on that never ends, as where a file was cut off, at the semicolons that end a line.
    """
    try:
        tokens, sound = scan(text), len(text)
    except ParseError as error:
        sound = next((each for each in error.args if isinstance(each, int)), 0)
        tokens = scan(text[:sound]) if sound else []
    ends = [token.start for token in tokens if token.name == SEMICOLON] + [len(text)] * (sound == len(text))
    solid = [token.start for token in tokens if token.name not in {SEMICOLON, *COMMENTS}]
    parts, start = [], 0
    for end in ends:
        if bisect_left(solid, start) < bisect_left(solid, end):
            parts.append(text[start:end].strip())
        start = end + 1
    return [*parts, *(part.strip() for part in text[start:].split(";\n") if part.strip())]


def _text(file: Path) -> str:
    place = Place(str(file))
    try:
        with file.open("rb") as opened:  # a pipe or a device tells no size
            content = opened.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise WorkloadError(Problem("workload-too-large", "the file is larger than 64 MiB", "split it", place))
        if b"\0" in content:
            raise WorkloadError(Problem("no-workload", "the file is binary", "name a file of SQL", place))
        return content.decode("utf-8")
    except OSError as error:
        raise WorkloadError(Problem("no-workload", str(error.strerror), "name another file", place)) from error
    except UnicodeDecodeError as error:
        fix = "name a file of SQL"
        raise WorkloadError(Problem("no-workload", "the file is not UTF-8 text", fix, place)) from error
