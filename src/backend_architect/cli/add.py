"""`architect add "…"`: a sentence about a project that is there → its changed design, merged with what was edited."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend_architect.cli.build import HERE
from backend_architect.cli.check import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend_architect.brief import Brief
    from backend_architect.change import DesignChange
    from backend_architect.cli.writing import FileChange
    from backend_architect.errors import ArchitectError

DESIGN = "backend.yaml"


def add(
    sentence: Annotated[list[str], typer.Argument(help="What to add, in a sentence.")],
    *,
    folder: Annotated[Path, typer.Option("--dir", help="The project's folder.")] = HERE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, and write nothing.")] = False,
    json: Json = False,
) -> int:
    """Add to a built project what a sentence asks for: the design, its code and its migration, merged with your edits.

    \b
    Examples:
      architect add "OAuth2 login with Google and GitHub"
      architect add "sign-in with Google" --dir shop --dry-run
    """
    from backend_architect.brief import read_brief

    return add_to(folder, read_brief(" ".join(sentence)), yes=yes, dry_run=dry_run, json=json)


def is_project(folder: Path) -> bool:
    """Tell whether a project was built into a folder."""
    return (folder / DESIGN).is_file() and (folder / ".architect" / "base.json").is_file()


def add_to(folder: Path, brief: "Brief", *, yes: bool, dry_run: bool = False, json: bool = False) -> int:
    """Return the exit status of a change of a project by a sentence: it is made whole, or not at all."""
    from backend_architect.cli.writing import carry_out
    from backend_architect.cli.writing.disk import building_alone
    from backend_architect.pipeline import change_by

    if not is_project(folder):
        raise _refused(
            "no-project", f"{folder.absolute()} has no built project", "go into its folder, or name it: --dir"
        )
    with building_alone(folder):
        change = change_by(folder / DESIGN, brief)
        if change.is_empty:
            return _say_nothing_to_do(change, json=json)
        changes = _planned(folder, change)
        _show(folder, change, changes, json=json, dry_run=dry_run)
        _refuse_conflicts(changes)
        if dry_run:
            return 0
        _confirm(yes=yes)
        carry_out(changes, folder)
    if not json:
        from backend_architect.cli.change_summary import next_steps

        print(next_steps(change, folder))
    return 0


def _planned(folder: Path, change: "DesignChange") -> tuple["FileChange", ...]:
    """Return what happens to each file, the design among them; raise where the project waits for a build already."""
    from backend_architect.cli.writing import Fate, FileChange, plan_writing
    from backend_architect.cli.writing.change import WRITTEN
    from backend_architect.pipeline import build_loaded

    design = folder / DESIGN
    waiting = plan_writing(build_loaded(change.before).files, folder, design=design)
    if any(each.fate in WRITTEN or each.fate is Fate.UNRESOLVED for each in waiting):
        message = "a build would change this project already: the design or the tool is newer than its files"
        raise _refused("build-first", message, "run `architect build` first, so that this change stands alone")
    changes = plan_writing(build_loaded(change.after).files, folder, design=design)
    return FileChange(DESIGN, Fate.UPDATED, change.before.text, change.after.text), *changes


def _refuse_conflicts(changes: "Sequence[FileChange]") -> None:
    from backend_architect.cli.writing.change import NEEDS_YOU

    clashing = [change.path for change in changes if change.fate in NEEDS_YOU]
    if clashing:
        message = f"your edits and this change touch the same lines: {', '.join(clashing)}; nothing was written"
        fix = "change backend.yaml yourself; `architect build` then marks those lines, for you to choose"
        raise _refused("change-clashes", message, fix)


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise _refused("not-confirmed", "nothing was written: nobody can confirm here", "add --yes")
    if not typer.confirm("Do it?", err=True):
        raise _refused("not-confirmed", "nothing was written", "write y to confirm")


def _show(folder: Path, change: "DesignChange", changes: "Sequence[FileChange]", *, json: bool, dry_run: bool) -> None:
    from backend_architect.cli.change_summary import added_data, added_text

    if json:
        from backend_architect.cli.output import print_data

        print_data({**added_data(change, changes, folder), "dry_run": dry_run})
    else:
        print(added_text(change, changes))


def _say_nothing_to_do(change: "DesignChange", *, json: bool) -> int:
    from backend_architect.cli.output import print_data

    if json:
        print_data({"changed": False, "design": change.before.file})
    else:
        print("The design has this already: nothing to do.")
    return 0


def _refused(code: str, message: str, fix: str) -> "ArchitectError":
    from backend_architect.errors import FolderError, Problem

    return FolderError(Problem(code, message, fix))
