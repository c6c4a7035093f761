"""The pages about tuning name every option of `architect tune` and its subcommands, and no other."""

import re

from typer.main import get_group

from backend_architect.cli.app import make_app
from tests.docs.pages import ROOT

PAGES = [ROOT / "docs" / "tune.md", *sorted((ROOT / "docs" / "tune").glob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def options() -> set[str]:
    """Return the options of the commands as they are typed."""
    commands = [command for name, command in get_group(make_app()).commands.items() if name.split()[0] == "tune"]
    params = [each for command in commands for each in command.params]
    return {name for each in params for name in each.opts if name.startswith("--")} | {"--help"}


def test_every_option_has_its_words() -> None:
    named = set(re.findall(r"--[a-z-]+", TEXT))
    assert options() - named - {"--help"} == set()


def test_every_command_line_names_options_that_there_are() -> None:
    lines = re.findall(r"architect tune[^\n`|]*", TEXT)
    named = {name for line in lines for name in re.findall(r"--[a-z-]+", line.partition("#")[0])}
    assert named <= options()
