"""The linter and the formatter that the project brings along have nothing to say."""

from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.maintain.checked import checked
from backend_architect.proof.probe import Probe


def style(lab: Lab) -> Iterator[Case]:
    """Give a case for the rules, and one for the format."""
    yield checked(lab, "rules of style", "ruff", "check", "--no-cache", ".", expected="no finding")
    yield checked(lab, "format", "ruff", "format", "--check", "--no-cache", ".", expected="every file formatted")


PROBE = Probe("style", Group.MAINTAIN, "the linter and the formatter have nothing to say", style)
