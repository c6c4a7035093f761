"""A schema that changed under migrations that exist: those stay, and what differs is drafted as a new one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from backend_architect.cli.writing.change import Fate, FileChange

MIGRATIONS = "migrations"
NUMBERED = re.compile(r"(\d+)_.*\.sql")


def with_draft(changes: Sequence[FileChange], generated: Mapping[str, str], folder: Path) -> list[FileChange]:
    """Return the changes with a draft where a migration is now generated otherwise than the one that exists.

    From then on the memory has the new text, so that the next draft begins where this one ends. Where the texts cannot
    be compared, the changes stay as they are.
    """
    from pglast.parser import ParseError

    from backend_architect.schema.difference import draft_migration

    waiting = [change for change in changes if change.fate is Fate.MIGRATION]
    if not waiting:
        return list(changes)
    before = "\n".join(change.remembered or "" for change in waiting)
    after = "\n".join(generated[change.path] for change in waiting)
    try:
        draft = draft_migration(before, after)
    except ParseError:
        return list(changes)
    kept = [
        replace(change, fate=Fate.EDITED, remembered=generated[change.path]) if change in waiting else change
        for change in changes
    ]
    if draft is None or _is_there(draft.text, folder):
        return kept
    return [*kept, FileChange(_next_name(folder, generated, draft.name), Fate.DRAFTED, after=draft.text)]


def _is_there(text: str, folder: Path) -> bool:
    """Return whether a build that was interrupted has written the draft already."""
    return any(path.read_text(encoding="utf-8", errors="replace") == text for path in _files(folder))


def _next_name(folder: Path, generated: Mapping[str, str], name: str) -> str:
    known = [path.name for path in _files(folder)] + [Path(path).name for path in generated]
    numbers = [found[1] for each in known if (found := NUMBERED.fullmatch(each))]
    last = max(numbers, key=int, default="0")
    return f"{MIGRATIONS}/{int(last) + 1:0{max(len(last), 4)}}_{name}.sql"


def _files(folder: Path) -> list[Path]:
    return sorted((folder / MIGRATIONS).glob("*.sql"))
