"""What one reading of a file collects: its problems, and the place of each of its values."""

import difflib
from dataclasses import dataclass, field

from backend_architect.errors import Place, Problem

USUAL_FIXES = {
    "map-length": "give each of them a value, and nothing else",
    "missing-value": "write a value, or remove the key",
    "type-mismatch": "compare values of the same type",
    "unknown-name": "define it in this file, or use the name of something that is",
    "wrong-expression": "write one SQL expression, such as `author = me`",
    "wrong-type": "write what the message says that it should be",
}
"""What to do about a problem whose place knows nothing more exact, by its code."""


@dataclass(slots=True)
class ProblemCollector:
    """The only thing that grows while a file is read; nothing of it is kept but `problems` and `places`."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, code: str, message: str, at: tuple[int, int], path: str, fix: str = "") -> None:
        """Keep one problem."""
        self.problems.append(
            Problem(code, message, fix or USUAL_FIXES.get(code, ""), Place(self.file, at[0], at[1], path))
        )


def did_you_mean(word: str, known: "tuple[str, ...] | list[str]", *, otherwise: str = "") -> str:
    """Return `did you mean …?` when one of `known` is near `word`, else `otherwise`, else the list of what is known."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if otherwise or not known:
        return otherwise
    shown = ", ".join(f"`{name}`" for name in known[:12])
    return f"known here: {shown}" + (", …" if len(known) > 12 else "")
