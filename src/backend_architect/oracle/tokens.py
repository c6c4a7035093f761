"""The words of a rule: texts, numbers, names and signs, and nothing of what they mean."""

import re
from dataclasses import dataclass
from typing import Literal

from backend_architect.errors import ArchitectError, Problem

Kind = Literal["space", "text", "number", "name", "sign"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign><=|>=|<>|!=|::|\|\||[-+*/%<>=(),.])""",
    re.VERBOSE | re.ASCII,
)


class OracleError(ArchitectError):
    """A rule that the oracle cannot read."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(Problem("unreadable-rule", message, fix))


@dataclass(frozen=True, slots=True)
class RuleToken:
    """One word of a rule; a name is in small letters, as PostgreSQL folds it."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return self.text

    def is_sign(self, text: str) -> bool:
        """Return whether this is the sign."""
        return self.kind == "sign" and self.text == text

    def is_word(self, text: str) -> bool:
        """Return whether this is the word."""
        return self.kind == "name" and self.text == text


def tokens_of(text: str) -> list[RuleToken]:
    """Return the tokens of a rule without its spaces; raise OracleError at what no rule may hold."""
    found: list[RuleToken] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or text.startswith(("--", "/*"), at):
            raise OracleError(f"`{text[at : at + 20]}` cannot stand in a rule", "docs/design-file.md#expressions")
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        if kind != "space":
            found.append(RuleToken(kind, match[0].lower() if kind == "name" else match[0]))
        at = match.end()
    return found
