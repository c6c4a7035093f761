"""`architect build`: a design file → a project on the disk, merged with what the team has edited."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend_architect.cli.check import Json
from backend_architect.cli.output import quoted

if TYPE_CHECKING:
    from backend_architect.cli.writing import Choices, FileChange
    from backend_architect.errors import Problem

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder.")]
HERE = Path()


def build(
    folder: FolderArgument = HERE,
    *,
    design: Annotated[Path | None, typer.Option(help="The design file. [default: DIR/backend.yaml]")] = None,
    force: Annotated[bool, typer.Option("--force", help="Build into a folder that has other files.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove unedited files that are no longer generated.")] = False,
    restore: Annotated[bool, typer.Option("--restore", help="Restore generated files that you deleted.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the diff, and write nothing.")] = False,
    json: Json = False,
) -> int:
    """Write the project that a design file describes. Your edits are kept and merged with the changes.

    \b
    Examples:
      architect build
      architect build shop --dry-run
      architect build backend --design designs/shop.yaml
    """
    from backend_architect.cli.writing import Choices

    choices = Choices(force=force, prune=prune, restore=restore)
    return build_into(folder, design=design, choices=choices, dry_run=dry_run, json=json)


def build_into(
    folder: Path,
    *,
    design: Path | None = None,
    choices: "Choices",
    dry_run: bool = False,
    json: bool = False,
    before: Mapping[str, object] | None = None,
) -> int:
    """Return the exit status of a build: 1 when something waits for a person's choice.

    With `json`, what stands in `before` comes first in the one document that is printed.
    """
    from backend_architect.cli.output import print_warnings, problems_as_data
    from backend_architect.cli.writing import building_alone, carry_out, lost_handlers, plan_writing, render_diff
    from backend_architect.pipeline import build_from

    source = design or folder / "backend.yaml"
    built = build_from(source)
    project, warnings = built.project, built.warnings
    lost = lost_handlers(project.files, folder)
    if dry_run:
        changes = plan_writing(project.files, folder, choices=choices, design=source)
    else:
        with building_alone(folder):
            changes = plan_writing(project.files, folder, choices=choices, design=source)
            carry_out(changes, folder)
    if dry_run and not json:
        print(render_diff(changes), end="")
        print_warnings(lost, sys.stderr)  # what is printed is a diff, for programs too
        return _status(changes)
    _show(changes, folder, {**(before or {}), "warnings": problems_as_data((*lost, *warnings))}, json=json)
    if not dry_run and not json:
        print_warnings(lost)
        print(f"{project.name} is built in {folder.absolute()}")
        _tell_warnings(warnings, source)
    return _status(changes)


def _status(changes: Sequence["FileChange"]) -> int:
    from backend_architect.cli.writing.change import NEEDS_YOU

    return int(any(change.fate in NEEDS_YOU for change in changes))


def _show(changes: Sequence["FileChange"], folder: Path, before: Mapping[str, object], *, json: bool) -> None:
    from backend_architect.cli.change_summary import built_text
    from backend_architect.cli.output import print_data

    if json:
        files = [{"path": change.path, "fate": change.fate} for change in changes]
        print_data({**before, "folder": str(folder.absolute()), "files": files})
    else:
        print(built_text(changes))


def _tell_warnings(warnings: Sequence["Problem"], source: Path) -> None:
    """Print how many warnings there are, of which kinds, and the command that says them."""
    if warnings:
        kinds = ", ".join(dict.fromkeys(warning.code for warning in warnings))
        counted = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
        where = source.parent if source.name == "backend.yaml" else source
        print(f"{counted} about the design ({kinds}): architect check {quoted(where)}")
