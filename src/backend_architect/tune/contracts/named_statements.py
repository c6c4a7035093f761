"""The statements of a contract, each by a name and with its place: from files of SQL, or from a log."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from backend_architect.errors import Place
from backend_architect.tune.reading.any_files import read_workload
from backend_architect.tune.workload import Statement, Workload

SQLC = re.compile(r"--\s*name:\s*([\w.]+)")


def read_named(path: Path, database: str = "") -> tuple[Workload, dict[str, Place]]:
    """Return the statements of a path, and where each stands, by its id; a log's have no place."""
    workload = read_workload(path, database)
    files = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
    texts = [(file, file.read_text(encoding="utf-8", errors="replace")) for file in files if file.suffix == ".sql"]
    named = [_placed(each, texts) for each in workload.statements]
    return replace(workload, statements=tuple(each for each, _ in named)), {
        each.id: place for each, place in named if place
    }


def _placed(statement: Statement, texts: Sequence[tuple[Path, str]]) -> tuple[Statement, Place | None]:
    """Return a statement, by the name that a comment of sqlc's gives it, and its place."""
    for file, text in texts:
        start = text.find(statement.text)
        if start >= 0:
            first = start + _leading(statement.text)
            return _by_comment(statement, text, first), Place(str(file), text.count("\n", 0, first) + 1, 1)
    return statement, None


def _by_comment(statement: Statement, text: str, start: int) -> Statement:
    if statement.name:
        return statement
    before = text[:start].rstrip().rpartition(";")[2]
    found = list(SQLC.finditer(before))
    return replace(statement, name=found[-1][1]) if found else statement


def _leading(text: str) -> int:
    """Return how many characters of comments and blanks stand before a statement."""
    place = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.lstrip().startswith("--"):
            return place + len(line) - len(line.lstrip())
        place += len(line)
    return 0


def names_of(statements: Sequence[Statement]) -> Iterator[tuple[str, Statement]]:
    """Give each statement under a name of its own: what it is called, or else its id."""
    taken: set[str] = set()
    for each in sorted(statements, key=lambda each: (each.name, each.id)):
        name = each.name if each.name and each.name not in taken else f"{each.name} [{each.id}]".strip()
        taken.add(name)
        yield name, each
