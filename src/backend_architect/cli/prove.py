"""`architect prove`: the three questions, answered with evidence."""

from pathlib import Path
from typing import Annotated

import typer

from backend_architect.cli.check import Json


def prove(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT]... [DIR]",
            help="Groups (tests, access, contract, attacks, faults, plans, maintain) or probes; then the project.",
            show_default="everything, in the folder you are in",
        ),
    ] = None,
    *,
    html: Annotated[Path | None, typer.Option(help="Write the evidence as an HTML page.", dir_okay=False)] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Run every probe again, including those that passed before.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the backend running, to repeat cases with curl.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List every probe.")] = False,
    json: Json = False,
) -> int:
    """Test a built project: that it works, holds ten times the load, and can be maintained.

    It starts a PostgreSQL and servers of its own. An interrupted proof resumes, as long as the project is
    unchanged. The evidence is kept in DIR/.data/proof.json.

    \b
    Examples:
      architect prove
      architect prove plans shop
      architect prove P33 --keep
      architect prove --html evidence.html

    \b
    Exit status: 0 all held · 1 something failed or could not be tested · 130 interrupted
    """
    from backend_architect.cli.prove_run import ProveOptions, list_probes, prove_project

    words = list(what or ())
    folder = Path(words.pop()) if words and Path(words[-1]).is_dir() else Path()
    if listed:
        return list_probes(words, json=json)
    return prove_project(ProveOptions(folder.absolute(), tuple(words), html=html, fresh=fresh, keep=keep, json=json))
