"""The requests on the examples' pages, made against the running example: each answers with the status beside it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_up import Running
from tests.cli.typed import ROOT, architect
from tests.docs.pages import Page

EXAMPLES = sorted((ROOT / "examples").glob("*/README.md"))


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_request_answers_as_the_page_says(tmp_path: Path, page: Path) -> None:
    [script] = [block.text for block in Page(page).blocks() if block.mark == "run"]
    folder = tmp_path / page.parent.name
    assert architect("build", str(folder), "--design", str(page.parent / "backend.yaml")).status == 0
    running = Running(folder, "--no-reload", "--seed", "200")  # with 20 the shop has no product on sale
    try:
        variables = {"API": running.url, "TOKEN": str(running.ready["token"])}
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        running.process.terminate()
        running.process.wait(60)
    assert done.returncode == 0, done.stderr
    wanted = re.findall(r"# (\d{3})$", script, re.MULTILINE)
    assert re.findall(r"^\d{3}$", done.stdout, re.MULTILINE) == wanted, done.stdout
