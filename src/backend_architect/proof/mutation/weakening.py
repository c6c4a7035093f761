"""One weakening of a built project: what a tired engineer's edit leaves, as texts replaced at their places."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SHOWN = 72


@dataclass(frozen=True, slots=True)
class Edit:
    """In `file`, the characters from `start` to `end` become `text`."""

    file: str
    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Weakening:
    """What is weak, of which kind, and the edits that make it so. `line` is where the first of them begins."""

    kind: str
    file: str
    line: int
    what: str
    edits: tuple[Edit, ...]

    @property
    def name(self) -> str:
        """Return a short name that stays as long as the place and the edit do."""
        return sha256(f"{self.kind} {self.file} {self.what} {self.line}".encode()).hexdigest()[:8]

    def apply(self, folder: Path) -> None:
        """Write the edits into a copy of the project."""
        for file in {edit.file for edit in self.edits}:
            path = folder / file
            path.write_text(edited(path.read_text(), [edit for edit in self.edits if edit.file == file]))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made, the last place first."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def weakening(kind: str, text: str, edit: Edit, what: str = "") -> Weakening:
    """Return the weakening of one edit; without words of its own, what was there and what is left say it."""
    line = text.count("\n", 0, edit.start) + 1
    return Weakening(kind, edit.file, line, what or change(text[edit.start : edit.end], edit.text), (edit,))


def change(old: str, new: str) -> str:
    """Return an edit in a line: what was there, and what is left of it."""
    return f"{shown(old)} → {shown(new)}" if new.strip() else f"without {shown(old)}"


def shown(text: str) -> str:
    """Return a text in one line, cut in its middle where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN // 2]} … {words[-SHOWN // 3 :]}"
