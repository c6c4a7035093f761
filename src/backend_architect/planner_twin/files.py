"""A relation's files, made as long as the planner shall see them. What was never written takes no room on the disk."""

import os
from pathlib import Path

from backend_architect.postgres.account import Account

PAGE = 8192
SEGMENT = 1 << 30  # bytes after which PostgreSQL goes on in another file
SHARED = "twin_segment"


class SparseFiles:
    """The files of a twin's relations. All segments of a relation but its first and last are one and the same file.

    A hundred times a large table is thousands of files: a link to one is made five times faster than a new one.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._bytes: dict[Path, int] = {}
        self._shared = 0

    def stretch(self, path: Path, pages: int) -> None:
        """Make the relation whose first file is at `path` so many pages long, longer or shorter than it is."""
        wanted, had = pages * PAGE, self._bytes.get(path, 0)
        if wanted == had and path.stat().st_size == min(wanted, SEGMENT):
            return
        same = min(wanted // SEGMENT, had // SEGMENT)
        for number in range(max(same, 1), _segments(had)):
            _segment(path, number).unlink()
        os.truncate(path, min(wanted, SEGMENT))
        for number in range(max(same, 1), wanted // SEGMENT):
            self._link(_segment(path, number))
        if wanted > SEGMENT and wanted % SEGMENT:
            self._make(_segment(path, wanted // SEGMENT), wanted % SEGMENT)
        self._bytes[path] = wanted

    def _link(self, path: Path) -> None:
        try:
            path.hardlink_to(self._full(path))
        except OSError:  # a file has only so many names (65,000 on ext4), and none yet at first
            self._shared += 1
            self._make(self._full(path), SEGMENT)
            path.hardlink_to(self._full(path))

    def _full(self, path: Path) -> Path:
        return path.with_name(f"{SHARED}_{self._shared}")

    def _make(self, path: Path, size: int) -> None:
        path.touch(mode=0o600)
        self._account.give(path)
        os.truncate(path, size)


def first_page(path: Path) -> bytes:
    """Return the first page of a relation."""
    with path.open("rb") as file:
        return file.read(PAGE)


def overwrite(path: Path, pages: bytes) -> None:
    """Write over the first pages of a relation."""
    with path.open("r+b") as file:
        file.write(pages)


def _segment(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _segments(size: int) -> int:
    return -(-size // SEGMENT)
