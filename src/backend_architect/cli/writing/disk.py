"""The changes, carried out: each file whole or not at all, the memory last."""

import contextlib
import errno
import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from backend_architect.cli.writing.change import WRITTEN, Fate, FileChange
from backend_architect.cli.writing.memory import ATTRIBUTES, base_text, pending_text
from backend_architect.cli.writing.places import OURS, Seen, look, target
from backend_architect.errors import FolderError, Problem

_FIXES = {
    errno.ENOSPC: ("disk-full", "free some space and build again: files are written whole or not at all"),
    errno.EDQUOT: ("disk-full", "free some space and build again: files are written whole or not at all"),
    errno.EACCES: ("not-writable", "give yourself the right to write there, or name another folder"),
    errno.EPERM: ("not-writable", "give yourself the right to write there, or name another folder"),
    errno.EROFS: ("not-writable", "the disk is read-only: name another folder"),
    errno.ENAMETOOLONG: ("name-too-long", "name a folder with a shorter path"),
}


@contextlib.contextmanager
def building_alone(folder: Path) -> Iterator[None]:
    """Hold the folder, which is made where there is none, against another build; the system lets go after kill -9."""
    with _explained_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"another build into {folder} is running"
        raise FolderError(Problem("build-running", message, "wait until it ends, then build again")) from error


def carry_out(changes: Iterable[FileChange], folder: Path) -> None:
    """Write the changes. Killed half way, the next build completes it; raises FolderError when the disk refuses."""
    changes = tuple(changes)
    with _explained_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        memory = folder / OURS
        if _is_there(memory, changes):
            return
        memory.mkdir(exist_ok=True)
        _replace(memory / ".gitattributes", ATTRIBUTES.encode())
        _replace(memory / "pending.json", pending_text(changes).encode())
        for change in sorted(changes, key=lambda change: change.after is None):  # a moved file is written, then removed
            if change.fate in WRITTEN:
                _write(folder, change)
        _replace(memory / "base.json", base_text(changes).encode())
        (memory / "pending.json").unlink()


def write_new(path: Path, text: str) -> None:
    """Write one file that does not exist yet."""
    with _explained_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text.encode())


def check_place(path: Path) -> None:
    """Raise FolderError where `path` could not be written: before the work, not after it."""
    with _explained_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass


def _is_there(memory: Path, changes: tuple[FileChange, ...]) -> bool:
    """Return whether the disk already is as it should be."""
    if any(change.fate in WRITTEN for change in changes) or (memory / "pending.json").exists():
        return False
    try:
        return (memory / "base.json").read_text(encoding="utf-8") == base_text(changes)
    except FileNotFoundError:
        return False


def _write(folder: Path, change: FileChange) -> None:
    path = target(folder, change.path)
    if change.after is None:
        path.unlink(missing_ok=True)
        _drop_empty(path.parent, folder.resolve())
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    dress = look(folder, change.path) or Seen("")
    _replace(path, dress.dressed(change.after), executable=change.fate is Fate.CREATED and change.after[:2] == "#!")


def _replace(path: Path, content: bytes, *, executable: bool = False) -> None:
    """Write beside the file, then put it in its place in one step; the file's mode stays."""
    mode = path.stat().st_mode & 0o7777 if path.exists() else None
    temporary = Path(tempfile.mktemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent))  # noqa: S306  (O_EXCL below)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777 if executable else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _drop_empty(path: Path, root: Path) -> None:
    with contextlib.suppress(OSError):
        while path != root:
            path.rmdir()
            path = path.parent


@contextlib.contextmanager
def _explained_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code, fix = _FIXES.get(error.errno or 0, ("not-written", "name another folder"))
        where = error.filename or folder
        raise FolderError(Problem(code, f"{where} cannot be written: {error.strerror}", fix)) from error
