"""Where a page of HTML may be written: over an older one, into a pipe, never over what is no page."""

import os
import threading
from pathlib import Path

import pytest

from backend_architect.cli.writing.page import check_page, write_page
from backend_architect.errors import FolderError

PAGE = "<!doctype html>\n<title>é</title>\n"


def test_a_page_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "new" / "page.html"
    for text in (PAGE, PAGE.upper()):
        write_page(file, text)
        assert file.read_text() == text
    link = tmp_path / "latest.html"
    link.symlink_to(file)
    write_page(link, PAGE)
    assert link.is_symlink()
    assert file.read_text() == PAGE


@pytest.mark.parametrize("content", [b"auth: {}\n", b"<!doc", b"\x00\xff"])
def test_what_is_no_page_is_kept(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "backend.yaml"
    file.write_bytes(content)
    for refused in (lambda: check_page(file), lambda: write_page(file, PAGE), lambda: check_page(tmp_path)):
        with pytest.raises(FolderError, match="is no page"):
            refused()
    assert file.read_bytes() == content


def test_a_pipe_gets_the_text_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_page(pipe, PAGE)
    reader.join(60)
    assert read == [PAGE]
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs a device that is always full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(FolderError, match="No space left"):
        write_page(Path("/dev/full"), PAGE)
    assert Path("/dev/full").is_char_device()
