"""The text of a design file, or why it cannot be had."""

import os
from pathlib import Path

from backend_architect.errors import DesignError, Place, Problem

MAX_BYTES = 1 << 20
USUAL_NAME = "backend.yaml"


def design_file(path: Path) -> Path:
    """Return the design file that a path means: the usual one in a folder, else the path itself."""
    return path / USUAL_NAME if os.path.isdir(path) else path  # noqa: PTH112 - false for a name that cannot be one


def read_source(path: Path) -> str:
    """Return the file's text; raise DesignError when it is missing, not a file, not text or too large."""
    file = str(path)
    try:
        if path.is_dir():
            raise _refused("not-a-file", f"{file} is a folder", file, "name the design file in it")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        fix = '`architect init` writes one to start from, `architect "<a sentence>"` designs one; or give its path'
        raise _refused("not-found", f"there is no file {file}", file, fix) from None
    except PermissionError:
        raise _refused("not-readable", f"{file} may not be read", file, "check the file's permissions") from None
    except (OSError, ValueError) as error:
        raise _refused("not-readable", f"{file} cannot be read: {error}", file, "check the path") from None
    return decoded(data, file)


def decoded(data: bytes, file: str) -> str:
    """Return the bytes of a design file as text."""
    if len(data) > MAX_BYTES:
        raise _refused("too-large", "a design holds at most 1 MiB", file, "is this the right file?")
    if b"\0" in data:
        raise _refused("not-text", "this is a binary file or UTF-16, not a design", file, "save it as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        place = Place(file, line, column)
        raise DesignError(Problem("not-text", "this is not UTF-8 text", "save the file as UTF-8", place)) from None


def _refused(code: str, message: str, file: str, fix: str) -> DesignError:
    return DesignError(Problem(code, message, fix, Place(file)))
