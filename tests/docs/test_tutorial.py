"""The tutorial, followed as it is written: its commands, its files, and what it says is printed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.cli.typed import ARCHITECT
from tests.docs.pages import ROOT, Block, Page

TUTORIAL = Page(ROOT / "docs/tutorial.md")
COMMAND = f'architect() {{ {shlex.join(ARCHITECT)} "$@"; }}\n'


def test_the_tutorial_works_as_written(tmp_path: Path) -> None:
    place, printed = tmp_path, ""
    for block in TUTORIAL.blocks():
        verb, _, rest = block.mark.partition(" ")
        if verb.rstrip(",") == "run":
            printed = _run(block, place, status=int(rest.removeprefix("status ") or 0))
            place = tmp_path / "social-sharing"
        elif verb == "printed":
            assert block.text in printed, block
        elif verb == "file":
            (place / rest).write_text(block.text)
        elif verb == "append":
            path = place / rest.removeprefix("to ")
            _edit(block, path, r"\Z", f"\n\n{block.text}" if path.suffix == ".py" else block.text)
        elif verb == "add":
            path, below = re.fullmatch(r'to (\S+) below: "(.*)"', rest).groups()  # type: ignore[union-attr]
            begins = re.escape(below.replace('\\"', '"'))
            _edit(block, place / path, rf"(?m)^{begins}.*\n", rf"\g<0>{block.text}")
        elif verb == "replace":
            path, old = re.fullmatch(r"in (\S+): (.*)", rest).groups()  # type: ignore[union-attr]
            _edit(block, place / path, re.escape(old), block.text.rstrip("\n"))
        else:
            assert not verb, block
    _holds(place)


def _run(block: Block, place: Path, *, status: int) -> str:
    command = ["bash", "-ec", COMMAND + block.text]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == status, (block, done.stdout, done.stderr)
    return done.stdout


def _edit(block: Block, path: Path, where: str, new: str) -> None:
    text, number = re.subn(where, lambda match: match.expand(new) if "\\g" in new else new, path.read_text())
    assert number == 1, (block, number)
    path.write_text(text)


def _holds(project: Path) -> None:
    """The finished project has nothing that its own checks, or the proof of plans, would find."""
    tools = (
        ["-m", "ruff", "check", "app", "tests"],
        ["-m", "ruff", "format", "--check", "app", "tests"],
        ["-m", "mypy"],
        ["-m", "pytest", "-q", "tests/users", "tests/posts"],
    )
    for tool in tools:
        done = subprocess.run([sys.executable, *tool], cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    plans = subprocess.run(
        [*ARCHITECT, "prove", "plans", str(project)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert plans.returncode == 0, plans.stdout + plans.stderr
    assert "users.most_followed" in plans.stdout
