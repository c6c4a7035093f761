"""A relation's files, made as long as the planner shall see them. What was never written takes no room on the disk."""

import os
from pathlib import Path

from backend_architect.postgres.account import Account

PAGE = 8192
SEGMENT = 1 << 30  # bytes after which PostgreSQL goes on in another file


def stretch(path: Path, pages: int, account: Account) -> None:
    """Make the relation whose first file is at `path` so many pages long, longer or shorter than it is."""
    left, number = pages * PAGE, 0
    while True:
        file = _segment(path, number)
        if left <= 0 < number:
            break
        if not file.exists():
            file.touch(mode=0o600)
            account.give(file)
        os.truncate(file, min(left, SEGMENT))
        left -= SEGMENT
        number += 1
    while _segment(path, number).exists():
        _segment(path, number).unlink()
        number += 1


def first_page(path: Path) -> bytes:
    """Return the first page of a relation."""
    with path.open("rb") as file:
        return file.read(PAGE)


def overwrite(path: Path, pages: bytes) -> None:
    """Write over the first pages of a relation."""
    with path.open("r+b") as file:
        file.write(pages)


def _segment(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}") if number else path
