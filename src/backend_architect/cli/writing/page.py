"""A page of HTML that somebody asked for, where he asked for it."""

from pathlib import Path

from backend_architect.cli.writing.disk import check_place, write_new
from backend_architect.errors import FolderError, Problem

BEGINNING = b"<!doctype html>"


def check_page(path: Path) -> None:
    """Raise FolderError where a page could not be written, or would take the place of what is none."""
    if path.is_dir() or (path.is_file() and not _is_page(path)):
        raise FolderError(Problem("file-exists", f"{path} is there, and is no page", "give another name, or remove it"))
    if not _is_stream(path):
        check_place(path)


def write_page(path: Path, text: str) -> None:
    """Write a page, in the place of an older one; a pipe or a device, such as /dev/stdout, gets the text."""
    check_page(path)
    if not _is_stream(path):
        write_new(path.resolve(), text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FolderError(Problem("not-written", f"{path}: {error.strerror}", "give another name")) from error


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        beginning = file.read(len(BEGINNING)).lower()
    return beginning in {b"", BEGINNING}
