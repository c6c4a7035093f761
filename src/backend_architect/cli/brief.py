"""`architect "a sentence"`: a design for it, its decisions, and the project built from them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend_architect.cli.add import add_to, is_project
from backend_architect.cli.check import Json
from backend_architect.cli.output import quoted

if TYPE_CHECKING:
    from backend_architect.cli.writing import Choices
    from backend_architect.proposal import Proposal


def brief(
    sentence: Annotated[list[str], typer.Argument(help="What you need, in a sentence.")],
    *,
    folder: Annotated[Path | None, typer.Option("--dir", help="Where to write. [default: the design's name]")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Build without asking.")] = False,
    no_build: Annotated[bool, typer.Option("--no-build", help="Write the design, and build nothing.")] = False,
    database: Annotated[
        str, typer.Option("--db", metavar="URL", help="The database that is slow.", envvar="DATABASE_URL")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Build into a folder that has other files.")] = False,
    start: Annotated[bool, typer.Option("--up", help="Build without asking, then run it.")] = False,
    json: Json = False,
) -> int:
    """Do what a sentence asks for: build a backend, change the one in this folder, or find out why a database is slow.

    \b
    Examples:
      architect "We need an API for our social sharing feature"
      architect "A shop with products, stock and orders" --dir shop --up
      architect "Add OAuth2 login with Google and GitHub"
      architect "Our queries are getting slow as we scale" --db postgresql://db.example.com/shop
    """
    from backend_architect.brief import read_brief

    read = read_brief(" ".join(sentence))
    if read.intent == "tune":
        return _tune(database, json=json)
    here = folder or Path()
    if is_project(here) or read.intent == "evolve":
        return add_to(here, read, yes=yes or start, dry_run=no_build, json=json)
    from backend_architect.cli.writing import Choices
    from backend_architect.proposal import propose_design

    proposal = propose_design(read)
    target = folder or Path(proposal.design.name)
    if no_build:
        return _design_alone(proposal, target, json=json)
    choices = Choices(force=force)
    return _go_on(proposal, target, choices, sure=yes or start, start=start, json=json)


def _design_alone(proposal: "Proposal", folder: Path, *, json: bool) -> int:
    """Explain the design, write it, and return the exit status."""
    if not json:
        _explain(proposal)
    path = _write_design(proposal, folder)
    if json:
        from backend_architect.cli.output import print_data

        print_data(_as_data(proposal, path))
    else:
        print(f"\nThe design is in {path}\nChange it as you like, then: architect build {quoted(folder)}")
    return 0


def _go_on(proposal: "Proposal", folder: Path, choices: "Choices", *, sure: bool, start: bool, json: bool) -> int:
    """Write the design, build it if that is wanted, and return the exit status."""
    from backend_architect.cli.build import build_into
    from backend_architect.cli.writing import refuse_other_files
    from backend_architect.report.proposal import decisions_in_short

    if not json:
        _explain(proposal)
    refuse_other_files(folder, choices, folder / "backend.yaml")
    path = _write_design(proposal, folder)
    if not json:
        from backend_architect.decisions import decide_all

        print(f"\n{decisions_in_short(decide_all(proposal.design), quoted(folder))}\n\nThe design is in {path}")
        if not sure and not _wants_build():
            print(f"Change it as you like, then: architect build {quoted(folder)}")
            return 0
    status = build_into(folder, choices=choices, json=json, before=_as_data(proposal, path))
    if status == 0 and start:
        from backend_architect.cli.up import up

        return up(folder, json=json)
    if not json:
        print(f"\nNext: architect up {quoted(folder)}")
    return status


def _tune(database: str, *, json: bool) -> int:
    """Look at the database that is slow."""
    from backend_architect.cli.tune import tune
    from backend_architect.errors import BriefError, Problem

    if not database:
        message = "your queries are slow: say in which database"
        raise BriefError(Problem("no-database", message, "add --db postgresql://user@host/name, or set DATABASE_URL"))
    return tune(database, json=json)


def _explain(proposal: "Proposal") -> None:
    from backend_architect.report.proposal import proposal_text

    print(proposal_text(proposal))


def _as_data(proposal: "Proposal", path: Path) -> dict[str, object]:
    shown = ("understood", "left_out", "assumed", "not_understood", "closed", "choices", "traps")
    return {"design": str(path), **{name: getattr(proposal, name) for name in shown}}


def _write_design(proposal: "Proposal", folder: Path) -> Path:
    """Return where the design was written; one that is there already is never written over."""
    from backend_architect.cli.writing.disk import write_new
    from backend_architect.errors import FolderError, Problem

    path = folder / "backend.yaml"
    if path.exists():
        if path.read_bytes() == proposal.text.encode():
            return path
        fix = f"build that one with: architect build {quoted(folder)}; or name another folder with --dir"
        raise FolderError(Problem("design-exists", f"{path} is there already and differs", fix))
    write_new(path, proposal.text)
    return path


def _wants_build() -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    return input("Build it? [Y/n] ").strip().lower() in {"", "y", "yes"}
