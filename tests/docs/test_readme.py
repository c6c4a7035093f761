"""README says what is so: its commands exist, and its excerpts stand in what the sentence builds."""

import re
import shlex
from pathlib import Path

import pytest

from backend_architect.cli.app import COMMANDS
from tests.cli.typed import SENTENCE, Typed, architect
from tests.docs.pages import ROOT, Block, Page

README = Page(ROOT / "README.md")
PRINTED = f'printed by: architect "{SENTENCE}"'
CHANGE = "printed by: architect build social-sharing --dry-run"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def said(folder: Path) -> Typed:
    """What the sentence prints; the project is in `folder` afterwards."""
    return architect(SENTENCE, folder=folder)


def _excerpts() -> list[Block]:
    return [block for block in README.blocks() if block.mark.startswith("from ")]


def test_every_command_is_in_readme_and_no_other() -> None:
    named = set(re.findall(r"^\| `architect ([a-z]+)` \|", README.text, re.MULTILINE))
    assert named == set(COMMANDS)


def test_every_make_verb_of_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    wanted = re.findall(r"(?:^|`)make ([a-z]+)(?=`|\s*#|$)", README.text, re.MULTILINE)
    assert set(wanted) >= {"demo", "test", "setup", "check"}
    assert set(wanted) <= targets


def test_the_sentence_prints_what_readme_shows(said: Typed) -> None:
    assert said.status == 0, said.err
    block = next(block for block in README.blocks() if block.mark == PRINTED)
    assert _missing(block, said.out) == []


@pytest.mark.parametrize("excerpt", _excerpts(), ids=str)
def test_an_excerpt_stands_in_the_built_project(said: Typed, folder: Path, excerpt: Block) -> None:
    assert said.status == 0, said.err
    assert _missing(excerpt, (folder / excerpt.mark.removeprefix("from ")).read_text(encoding="utf-8")) == []


def test_a_changed_line_gives_the_diff_that_readme_shows(said: Typed, folder: Path) -> None:
    assert said.status == 0, said.err
    before = (folder / "social-sharing" / "backend.yaml").read_text(encoding="utf-8")
    changed = folder / "changed.yaml"
    changed.write_text(before.replace("      update: mine\n", "      update: mine or moderator\n"), encoding="utf-8")
    told = architect("build", "social-sharing", "--dry-run", "--design", str(changed), folder=folder)
    block = next(block for block in README.blocks() if block.mark == CHANGE)
    assert _missing(block, told.out) == []


def test_a_sentence_inside_a_project_shows_the_change_that_readme_shows(said: Typed, folder: Path) -> None:
    assert said.status == 0, said.err
    block = next(block for block in README.blocks() if block.mark.startswith("printed by: architect add "))
    told = architect(*shlex.split(block.mark.removeprefix("printed by: architect ")), folder=folder)
    assert _missing(block, told.out) == []


def _missing(block: Block, text: str) -> list[str]:
    """Return the parts of a block, between its lines of `…`, that the text does not hold in this order."""
    missing, start = [], 0
    for part in re.split(r"^…\n", block.text, flags=re.MULTILINE):
        found = text.find(part, start)
        start = start if found < 0 else found + len(part)
        missing += [part] if found < 0 else []
    return missing
