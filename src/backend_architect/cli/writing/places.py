"""Where a generated file may stand, and what stands there now."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from backend_architect.errors import FolderError, Problem

OURS = ".architect"
_FORBIDDEN_FIRST = frozenset({".git", OURS})


@dataclass(frozen=True, slots=True)
class Seen:
    """A file's text with plain line ends; `crlf` where the file ends its lines as Windows does; None when binary."""

    text: str | None
    crlf: bool = False

    def dressed(self, text: str) -> bytes:
        """Return `text` with the line ends that the file has."""
        return (text.replace("\n", "\r\n") if self.crlf else text).encode()


def target(folder: Path, path: str) -> Path:
    """Return where `path` stands on the disk, links followed; raise FolderError if that is outside of the folder."""
    pure = PurePosixPath(path)
    odd = re.search(r"[\\\x00-\x1f]|^[A-Za-z]:", path) or str(pure) != path or pure.is_absolute()
    if odd or not pure.parts or ".." in pure.parts or pure.parts[0] in _FORBIDDEN_FIRST:
        raise _refused("unsafe-path", f"{path!r} is not a path inside the project", "rename what the file is made from")
    root = folder.resolve()
    try:
        resolved = (root / pure).resolve()
    except (OSError, RuntimeError) as error:
        raise _refused("broken-link", f"{folder / pure}: {error}", "remove the link") from error
    if not resolved.is_relative_to(root):
        raise _refused("link-outside", f"{folder / pure} leads outside of the project", "replace the link by a folder")
    if resolved.is_dir():
        raise _refused("folder-in-the-way", f"{folder / pure} is a folder", "move it: a file is generated there")
    for parent in resolved.parents:
        if parent == root:
            break
        if parent.exists() and not parent.is_dir():
            raise _refused("file-in-the-way", f"{parent} is a file", "move it: generated files stand below that name")
    return resolved


def look(folder: Path, path: str) -> Seen | None:
    """Return what stands at `path`, or None when there is nothing."""
    try:
        content = target(folder, path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _refused(
            "not-readable", f"{folder / path}: {error.strerror}", "give yourself the right to read it"
        ) from error
    return _seen(content)


def _seen(content: bytes) -> Seen:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return Seen(None)
    if "\x00" in text:
        return Seen(None)
    crlf = "\r\n" in text and text.count("\r\n") * 2 > text.count("\n")
    return Seen(text.replace("\r\n", "\n") if crlf else text, crlf)


def _refused(code: str, message: str, fix: str) -> FolderError:
    return FolderError(Problem(code, message, fix))
