"""Every command under its name, and the one handler of everything that can go wrong."""

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import pairwise

import typer
from typer.exceptions import Abort, TyperException

from backend_architect import __version__
from backend_architect.cli import (
    INTERRUPTED,
    add,
    brief,
    build,
    check,
    decide,
    explain,
    init,
    prove,
    schema,
    tune,
    tune_plans,
    tune_revisit,
    up,
)
from backend_architect.cli.grouped_help import GroupedCommand
from backend_architect.cli.output import PROBLEMS, USAGE, show_failure
from backend_architect.errors import ArchitectError

COMMANDS: dict[str, Callable[..., int]] = {
    "check": check.check,
    "explain": explain.explain,
    "decide": decide.decide,
    "schema": schema.schema,
    "init": init.init,
    "build": build.build,
    "add": add.add,
    "up": up.up,
    "prove": prove.prove,
    "tune": tune.tune,
}
SUBCOMMANDS: dict[str, Callable[..., int]] = {"tune plans": tune_plans.plans, "tune revisit": tune_revisit.revisit}
"""Commands of two words."""
BRIEF = "brief"
MOST_ARGUMENTS = 2

HELP = """Works out from load figures which backend you need, and builds it as plain code that you own.

\b
Begin with a sentence:
  architect "We need an API for our social sharing feature"
  --dir FOLDER   where to write           --up    build it, then run it
  --no-build     write the design alone   --yes   build without asking
  --db URL       the database that is slow, if that is what the sentence says
  --json         what was understood, and every file, as JSON

\b
or with a design file:
  architect init shop      writes shop/backend.yaml, small and commented
  architect check          reports every problem in it, with the fix
  architect explain        shows what a rule allows, in a table of small cases
  architect decide         answers every architectural question from its numbers
  architect build          writes the project: FastAPI and PostgreSQL, plain code
  architect add "…"        adds to a built project what a sentence asks for, merged with your edits
  architect up             runs it: database, migrations, data, server, worker
  architect prove          tests it: access, attacks, faults, plans at 100 times the rows

\b
or with any existing PostgreSQL database:
  architect tune URL       finds what makes it slow, and the fixes
  architect tune plans     fails in a pipeline when a statement is planned otherwise than before
  architect tune revisit   says which advised indexes nothing has used since

\b
Exit status: 0 no problems · 1 problems, each reported with its fix
2 wrong usage, or not available in this version · 130 interrupted
"""


def run(arguments: Sequence[str]) -> int:
    """Return the exit status of these arguments."""
    words = _with_brief(_joined(arguments))
    try:
        status = make_app()(words, standalone_mode=False, prog_name="architect")
    except ArchitectError as error:
        show_failure(error, as_json=_wants_json(words))
        return PROBLEMS
    except TyperException as error:
        return _show_usage(error)
    except Abort:
        raise KeyboardInterrupt from None
    except SystemExit as error:  # what typer makes of a reader that is gone
        raise (BrokenPipeError if isinstance(error.__context__, BrokenPipeError) else error) from None
    if status == INTERRUPTED:  # what typer makes of Ctrl-C
        raise KeyboardInterrupt
    return status if isinstance(status, int) else 0


def _joined(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with a command of two words as one."""
    both = " ".join(arguments[:2])
    return [both, *arguments[2:]] if both in SUBCOMMANDS else list(arguments)


def make_app() -> typer.Typer:
    """Return the command line with every command."""
    app = typer.Typer(
        help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    app.callback()(_version)
    for name, command in COMMANDS.items():
        app.command(name, cls=GroupedCommand)(command)
    for name, command in SUBCOMMANDS.items():
        app.command(name, cls=GroupedCommand)(command)
    app.command(BRIEF, hidden=True)(brief.brief)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        print(f"backend-architect {__version__}")
        raise typer.Exit


def _version(
    *, version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version.")
) -> None:
    """Take the options that stand before any command."""


def _with_brief(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the hidden command in front where they are a sentence: no command, nor nearly one."""
    words = list(arguments)
    said = [word for word in words if not word.startswith("-")]
    if not said or words[0] in {*COMMANDS, *SUBCOMMANDS, BRIEF, "--help", "--version"} or _is_mistyped(said):
        return words
    return [BRIEF, *words]


def _is_mistyped(said: Sequence[str]) -> bool:
    """Tell whether a command was meant, as `bulid`: one like its name, alone or with one argument."""
    is_short = len(said) <= MOST_ARGUMENTS and not any(" " in word.strip() for word in said)
    return is_short and bool(get_close_matches(said[0].lower(), COMMANDS, cutoff=0.75))


def _wants_json(words: Sequence[str]) -> bool:
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)


def _show_usage(error: TyperException) -> int:
    show = getattr(error, "show", None)
    if show is None:
        print(error.message, file=sys.stderr)
    else:
        show()
    return USAGE
