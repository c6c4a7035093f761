"""What would happen to each file of a folder when a project is built into it. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backend_architect.cli.writing.change import Fate, FileChange
from backend_architect.cli.writing.drafting import with_draft
from backend_architect.cli.writing.memory import Memory, recall
from backend_architect.cli.writing.merge import has_markers, merge
from backend_architect.cli.writing.moves import own_modules, pending_moves, with_new_imports
from backend_architect.cli.writing.numbering import MIGRATIONS, with_free_numbers
from backend_architect.cli.writing.places import OURS, Seen, look
from backend_architect.errors import FolderError, Problem

WELCOME = frozenset({".git", ".venv", ".data", ".gitattributes", "backend.schema.json", OURS})


@dataclass(frozen=True, slots=True)
class Choices:
    """`force`: other people's files may be in the folder. `prune` and `restore`: see the two options of `build`."""

    force: bool = False
    prune: bool = False
    restore: bool = False


def plan_writing(
    project: Mapping[str, str], folder: Path, *, choices: Choices = Choices(), design: Path | None = None
) -> tuple[FileChange, ...]:
    """Return what happens to each file, by path. `design` is the design file itself: it is never written over.

    Raises FolderError when the folder holds other files and was never built into, or when a path leads out of it.
    """
    refuse_other_files(folder, choices, design)
    memory = recall(folder)
    generated = {path: text for path, text in project.items() if design is None or not _is(folder / path, design)}
    generated = with_free_numbers(generated, memory.base, folder)
    moves = pending_moves(folder, memory.base, generated)
    if moves:
        changes = _plan_moves(folder, generated, memory, moves, choices)
    else:
        changes = [
            _change(path, look(folder, path), text, memory.base.get(path), choices) for path, text in generated.items()
        ]
    gone = [path for path in memory.base if path not in generated and path not in moves]
    changes += [_leftover(folder, path, memory.base[path], choices, renames=bool(moves)) for path in gone]
    changes = with_draft(list({change.path: change for change in changes}.values()), generated, folder)
    return tuple(sorted(changes, key=lambda change: change.path))


def _plan_moves(
    folder: Path, generated: Mapping[str, str], memory: Memory, moves: Mapping[str, str], choices: Choices
) -> list[FileChange]:
    """Return the changes where files get new places: as if the team had moved them, and changed the imports itself."""
    old_paths = {new: old for old, new in moves.items()}
    places = {path: old_paths.get(path, path) for path in generated}
    seen = {path: look(folder, place) for path, place in places.items()}
    yours = with_new_imports({path: file.text for path, file in seen.items() if file and file.text is not None})
    base = with_new_imports({path: memory.base[place] for path, place in places.items() if place in memory.base})
    changes = [
        _change(path, Seen(yours[path], file.crlf) if file and path in yours else file, text, base.get(path), choices)
        for path, text in generated.items()
        for file in [seen[path]]
    ]
    own = own_modules(folder, {*generated, *moves, *memory.base})
    renamed = with_new_imports(own)
    return [
        *(_from_disk(change, look(folder, change.path)) for change in changes),
        *(FileChange(old, Fate.MOVED, file.text) for old, new in moves.items() if (file := look(folder, old))),
        *(FileChange(path, Fate.IMPORTS, text, renamed[path]) for path, text in own.items() if renamed[path] != text),
    ]


def _from_disk(change: FileChange, seen: Seen | None) -> FileChange:
    """Return a change that was planned on what stands elsewhere, or has other imports, as one of what stands there."""
    before = seen.text if seen else None
    if change.after == before or change.after is None:
        return change
    unwritten = {Fate.EDITED: Fate.MERGED, Fate.UNRESOLVED: Fate.CONFLICT, Fate.SAME: Fate.UPDATED}
    fate = unwritten.get(change.fate, change.fate)
    return replace(change, fate=Fate.CREATED if before is None and fate is Fate.UPDATED else fate, before=before)


def _change(path: str, seen: Seen | None, generated: str, base: str | None, choices: Choices) -> FileChange:
    if seen is None:
        deleted = base is not None and not choices.restore
        return FileChange(
            path, Fate.DELETED if deleted else Fate.CREATED, None, None if deleted else generated, generated
        )
    if seen.text is None:
        return FileChange(path, Fate.BINARY, remembered=base)
    if seen.text == generated:
        return FileChange(path, Fate.SAME, seen.text, seen.text, generated)
    return _against(path, seen.text, base, generated)


def _against(path: str, yours: str, base: str | None, generated: str) -> FileChange:
    """Return the fate of a file that is there and differs from what is generated now."""
    if base is None:
        return FileChange(path, Fate.FOREIGN, yours, yours)
    if has_markers(yours):
        return FileChange(path, Fate.UNRESOLVED, yours, yours, base)
    if generated == base:
        return FileChange(path, Fate.EDITED, yours, yours, base)
    if path.startswith(MIGRATIONS):
        return FileChange(path, Fate.MIGRATION, yours, yours, base)
    if yours == base:
        return FileChange(path, Fate.UPDATED, yours, generated, generated)
    merged, clashes = merge(yours, base, generated)
    return FileChange(path, Fate.CONFLICT if clashes else Fate.MERGED, yours, merged, generated)


def _leftover(folder: Path, path: str, base: str, choices: Choices, *, renames: bool) -> FileChange:
    """Return the fate of a file that was generated before and is no longer."""
    seen = look(folder, path)
    if seen is None:
        return FileChange(path, Fate.SAME)
    untouched = seen.text == base and not path.startswith(MIGRATIONS)
    if untouched and choices.prune:
        return FileChange(path, Fate.REMOVED, seen.text)
    if renames and seen.text is not None:
        yours, before = (with_new_imports({path: text})[path] for text in (seen.text, base))
        if yours != seen.text:
            return FileChange(path, Fate.IMPORTS, seen.text, yours, before)
    return FileChange(path, Fate.OBSOLETE, seen.text, seen.text, base)


def refuse_other_files(folder: Path, choices: Choices, design: Path | None) -> None:
    """Raise FolderError when the folder holds other files than the design and was never built into."""
    if choices.force or recall(folder).known:
        return
    try:
        names = sorted(entry.name for entry in folder.iterdir() if design is None or not _is(entry, design))
    except FileNotFoundError:
        return
    except OSError as error:
        raise FolderError(Problem("not-a-folder", f"{folder}: {error.strerror}", "name another folder")) from error
    others = [name for name in names if name not in WELCOME]
    if others:
        shown = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        fix = "name an empty or a new folder, or say --force: files that are there are kept as they are"
        raise FolderError(Problem("folder-not-empty", f"{folder} holds other files ({shown})", fix))


def _is(path: Path, design: Path) -> bool:
    return path.absolute() == design.absolute() or path.resolve() == design.resolve()
