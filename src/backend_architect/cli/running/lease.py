"""One run a project: a lock that even kill -9 gives back, and a note of the processes that such a run left behind."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend_architect.errors import FolderError, Problem
from backend_architect.running import end_group


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a project; `note` is where the running processes are written down."""

    note: Path

    def write_down(self, url: str, group: int) -> None:
        """Remember one more process group, so that a later run can end it if this one is killed."""
        groups = [*_groups(self.note), group]
        self.note.write_text(json.dumps({"architect": os.getpid(), "groups": groups, "url": url}))


@contextlib.contextmanager
def leased(data: Path) -> Iterator[tuple[Lease, bool]]:
    """Give the right to run, and whether a server of a killed run had to be ended first."""
    note = data / "up.json"
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "up.lock").open("w")
    except OSError as error:
        raise FolderError(
            Problem("not-writable", f"{data}: {error.strerror}", "choose a folder of your own")
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _already_running(note) from error
        ended = [end_group(group, data.parent) for group in _groups(note)]
        note.unlink(missing_ok=True)
        try:
            yield Lease(note), any(ended)
        finally:
            note.unlink(missing_ok=True)


def _already_running(note: Path) -> FolderError:
    note_data = _read(note)
    where = f" at {note_data['url']}" if "url" in note_data else ""
    who = f" (process {note_data['architect']})" if "architect" in note_data else ""
    return FolderError(Problem("already-running", f"this project runs already{where}{who}", "end that one with Ctrl-C"))


def _read(note: Path) -> dict[str, object]:
    try:
        note_data = json.loads(note.read_text())
    except (OSError, ValueError):
        return {}
    return note_data if isinstance(note_data, dict) else {}


def _groups(note: Path) -> list[int]:
    groups = _read(note).get("groups")
    return [group for group in groups if isinstance(group, int)] if isinstance(groups, list) else []
