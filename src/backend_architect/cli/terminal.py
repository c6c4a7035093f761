"""Text for a terminal: colours, unless NO_COLOR is set or nobody looks, and words quoted for its shell."""

import os
import shlex
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class TerminalPaint:
    """Wraps text in the terminal's colour codes, or leaves it as it is."""

    on: bool

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def red(self, text: str) -> str:
        return self._in("31", text)

    def green(self, text: str) -> str:
        return self._in("32", text)

    def yellow(self, text: str) -> str:
        return self._in("33", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on else text


def quoted(word: object) -> str:
    """Return a word as a shell takes it, for commands that people paste."""
    return shlex.quote(str(word))


def paint(stream: TextIO) -> TerminalPaint:
    """Return the colours for a stream."""
    quiet = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return TerminalPaint(stream.isatty() and not quiet)
