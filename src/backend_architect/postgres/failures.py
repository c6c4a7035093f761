"""What went wrong with the embedded server, in words and with the fix, from an error or from the server's log."""

import errno
from dataclasses import dataclass
from pathlib import Path

from backend_architect.errors import DatabaseError, Problem
from backend_architect.postgres.connection import Lost


@dataclass(frozen=True, slots=True)
class Symptom:
    """A piece of text that PostgreSQL writes, and what it means. `{folder}` in the fix is the data folder."""

    text: str
    code: str
    message: str
    fix: str


SYMPTOMS = (
    Symptom("No space left on device", "disk-full", "the disk is full", "free some space; nothing stored was lost"),
    Symptom(
        "database files are incompatible with server",
        "other-major-version",
        "the data in {folder} was made by another major version of PostgreSQL",
        "move {folder} away to start with an empty database",
    ),
    Symptom("has wrong ownership", "wrong-owner", "{folder} belongs to another user", "run as that user, or chown it"),
    Symptom("ermission denied", "not-writable", "{folder} cannot be written", "give yourself the right to write there"),
    Symptom(
        "Cannot allocate memory",
        "out-of-memory",
        "there is not enough memory for PostgreSQL",
        "end other programs, about 100 MB are needed",
    ),
)

_BY_ERRNO = {
    errno.ENOSPC: SYMPTOMS[0],
    errno.EDQUOT: SYMPTOMS[0],
    errno.EACCES: SYMPTOMS[3],
    errno.EPERM: SYMPTOMS[3],
    errno.EROFS: SYMPTOMS[3],
    errno.ENOTDIR: Symptom("", "not-a-folder", "a part of {folder} is a file", "name another folder"),
    errno.EEXIST: Symptom("", "not-a-folder", "{folder} is a file", "name another folder"),
}


def database_error(code: str, message: str, fix: str) -> DatabaseError:
    """Return the error with this one problem."""
    return DatabaseError(Problem(code, message, fix))


def from_os_error(error: OSError, folder: Path) -> DatabaseError:
    """Return what a failed file operation means for the data folder."""
    symptom = _BY_ERRNO.get(error.errno or 0)
    if symptom is None:
        return database_error("folder-failed", f"{folder}: {error.strerror or error}", "name another folder")
    return _as_error(symptom, folder)


def from_log(text: str, folder: Path) -> DatabaseError:
    """Return what the server's own last words mean."""
    for symptom in SYMPTOMS:
        if symptom.text in text:
            return _as_error(symptom, folder)
    last = _last_words(text) or "it ended without a word"
    return database_error(
        "server-failed",
        f"the embedded PostgreSQL did not start: {last}",
        f"read {folder / 'log'}, or move {folder} away to start with an empty database",
    )


def failure_while_running(error: Exception, folder: Path) -> DatabaseError:
    """Return what an error of the server on `folder` means; where the connection broke, its log says why."""
    log = (folder / "log").read_text(errors="replace")[-2_000:] if (folder / "log").exists() else ""
    said = log if isinstance(error, Lost) else str(error)
    for symptom in SYMPTOMS:
        if symptom.text in said:
            return _as_error(symptom, folder)
    message = str(error) or type(error).__name__
    return database_error("statement-failed", f"the database failed: {message}", f"see {folder / 'log'}")


def _as_error(symptom: Symptom, folder: Path) -> DatabaseError:
    return database_error(symptom.code, symptom.message.format(folder=folder), symptom.fix.format(folder=folder))


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return (fatal or lines or [""])[-1][:300]
