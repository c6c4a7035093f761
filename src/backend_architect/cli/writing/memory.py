"""What was generated last, kept inside the project so that a team's edits can be told from ours.

`base.json` says which version of this tool wrote it, and has one line a file, so that two branches which both built
anew usually merge. `pending.json` exists only while files are being written: a build that was killed half way is known
by it, and the next one completes it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend_architect import __version__
from backend_architect.cli.writing.change import WRITTEN, FileChange
from backend_architect.cli.writing.places import OURS, look
from backend_architect.errors import FolderError, Problem

FORMAT = 1
FIRST_EDITION = "0.1.0"
"""The version that wrote no version into `base.json`."""
ATTRIBUTES = "* linguist-generated -diff\n"


@dataclass(frozen=True, slots=True)
class Memory:
    """The text of each file as last generated; `known` is false for a folder that was never built into."""

    base: Mapping[str, str]
    known: bool


def recall(folder: Path) -> Memory:
    """Return what was generated last, with what an interrupted build had already written."""
    base = _load(folder / OURS / "base.json")
    pending = _load(folder / OURS / "pending.json")
    done = {path: text for path, text in (pending or {}).items() if not path.endswith(":result")}
    finished = {path: text for path, text in done.items() if _is_result(folder, path, pending or {})}
    return Memory({**(base or {}), **finished}, known=base is not None or pending is not None)


def built_by(folder: Path) -> str | None:
    """Return the version of this tool that built the project in a folder last; None where there is none."""
    try:
        content = json.loads((folder / OURS / "base.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(content.get("tool", FIRST_EDITION)) if isinstance(content, dict) else None


def pending_text(changes: Iterable[FileChange]) -> str:
    """Return the note that a build leaves before it writes: what it generates, and how each file will end."""
    entries: dict[str, str] = {}
    for change in changes:
        if change.fate in WRITTEN and change.after is not None and change.remembered is not None:
            entries[change.path] = change.remembered
            entries[f"{change.path}:result"] = _digest(change.after)
    return _dump(entries)


def base_text(changes: Iterable[FileChange]) -> str:
    """Return the memory after a build."""
    return _dump({change.path: change.remembered for change in changes if change.remembered is not None})


def _is_result(folder: Path, path: str, pending: Mapping[str, str]) -> bool:
    seen = look(folder, path)
    return seen is not None and seen.text is not None and _digest(seen.text) == pending.get(f"{path}:result")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _dump(files: Mapping[str, str]) -> str:
    lines = [f"{json.dumps(path)}: {json.dumps(text, ensure_ascii=False)}" for path, text in sorted(files.items())]
    return f'{{"format": {FORMAT}, "tool": {json.dumps(__version__)}, "files": {{\n' + ",\n".join(lines) + "\n}}\n"


def _load(path: Path) -> dict[str, str] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    files = content.get("files") if isinstance(content, dict) else None
    if not isinstance(files, dict) or content.get("format") != FORMAT:
        raise _unreadable(path, "it has another format")
    return {str(name): str(text) for name, text in files.items()}


def _unreadable(path: Path, why: str) -> FolderError:
    fix = f"take it from your version control: git checkout -- {OURS}/{path.name}"
    return FolderError(Problem("memory-unreadable", f"{path} cannot be read: {why}", fix))
