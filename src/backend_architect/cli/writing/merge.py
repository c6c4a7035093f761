"""Three texts of one file → one text, by git."""

import subprocess
import tempfile
from pathlib import Path

from backend_architect.cli.writing.neighbours import neighbours_apart
from backend_architect.errors import FolderError, Problem

LABELS = ("yours", "generated before", "generated now")
MAX_CONFLICTS = 127


def merge(yours: str, before: str, now: str) -> tuple[str, int]:
    """Return the text in which both changes are made, and the number of places where they clash (with markers).

    Lines that one side put beside a line that the other side changed are no clash, though git takes them for one.
    """
    text, clashes = _merged(yours, before, now)
    if clashes:
        apart = neighbours_apart(_merged(yours, before, now, "--diff3")[0])
        if apart is not None:
            return apart, 0
    return text, clashes


def _merged(yours: str, before: str, now: str, *options: str) -> tuple[str, int]:
    with tempfile.TemporaryDirectory(prefix="architect-merge-") as folder:
        paths = [Path(folder) / name for name in ("yours", "before", "now")]
        for path, text in zip(paths, (yours, before, now), strict=True):
            path.write_bytes(text.encode())
        labels = [argument for label in LABELS for argument in ("-L", label)]
        done = _git(["merge-file", "--stdout", *options, *labels, *map(str, paths)])
    if done.returncode > MAX_CONFLICTS or done.returncode < 0:
        raise _failed(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode(), done.returncode


def has_markers(text: str) -> bool:
    """Return whether a conflict written by `merge` still waits in the text."""
    lines = text.splitlines()
    return any(line.startswith(f"<<<<<<< {LABELS[0]}") for line in lines) and any(
        line.startswith(f">>>>>>> {LABELS[2]}") for line in lines
    )


def _git(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S607  (git of the PATH)
    except FileNotFoundError as error:
        raise _failed("git is not installed") from error


def _failed(why: str) -> FolderError:
    return FolderError(Problem("merge-failed", f"your edits cannot be merged: {why}", "install git 2.23 or newer"))
