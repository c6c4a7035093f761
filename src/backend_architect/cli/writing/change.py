"""What happens to one file, and a list of such changes as a diff."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What happens to a file."""

    CREATED = "created"
    UPDATED = "updated"
    MERGED = "merged"
    MOVED = "moved"
    IMPORTS = "imports changed"
    CONFLICT = "conflict"
    REMOVED = "removed"
    SAME = "same"
    EDITED = "edited"
    DELETED = "deleted"
    OBSOLETE = "obsolete"
    FOREIGN = "foreign"
    BINARY = "binary"
    UNRESOLVED = "unresolved"
    MIGRATION = "migration"
    DRAFTED = "drafted"


MEANING = {
    Fate.CREATED: "new",
    Fate.UPDATED: "generated anew, nobody had edited it",
    Fate.MERGED: "your edits and the new text fit together",
    Fate.MOVED: "now in app/core/, with your edits",
    Fate.IMPORTS: "left in place: only the imports of files that moved were changed",
    Fate.CONFLICT: "your edits and the new text touch the same lines: choose between the markers",
    Fate.REMOVED: "no longer generated",
    Fate.SAME: "as it was",
    Fate.EDITED: "yours, kept: the generated text has not changed",
    Fate.DELETED: "you deleted it, and it stays so (--restore writes it again)",
    Fate.OBSOLETE: "no longer generated, left in place (--prune removes those that nobody edited)",
    Fate.FOREIGN: "yours, not written over: a generated file would have this name",
    Fate.BINARY: "not a text any more, left in place",
    Fate.UNRESOLVED: "still has the markers of the last conflict: resolve them, then build again",
    Fate.MIGRATION: "the schema changed, and a migration that exists is never rewritten: add one for the difference",
    Fate.DRAFTED: "the schema changed: read this draft of a migration; `architect up` or `make migrate` applies it",
}
WRITTEN = frozenset(
    {Fate.CREATED, Fate.UPDATED, Fate.MERGED, Fate.MOVED, Fate.IMPORTS, Fate.CONFLICT, Fate.REMOVED, Fate.DRAFTED}
)
NEEDS_YOU = frozenset({Fate.CONFLICT, Fate.UNRESOLVED, Fate.MIGRATION, Fate.DRAFTED})
SILENT = frozenset({Fate.SAME, Fate.EDITED})


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file: its text before and after (None: there is none), and the text to remember as generated."""

    path: str
    fate: Fate
    before: str | None = None
    after: str | None = None
    remembered: str | None = None


def render_diff(changes: Iterable[FileChange]) -> str:
    """Return the changes as a unified diff that `git apply` and `patch -p1` take."""
    return "".join(line for change in changes if change.fate in WRITTEN for line in _diff(change))


def _diff(change: FileChange) -> Iterator[str]:
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    before = (change.before or "").splitlines(keepends=True)
    after = (change.after or "").splitlines(keepends=True)
    for line in difflib.unified_diff(before, after, old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
