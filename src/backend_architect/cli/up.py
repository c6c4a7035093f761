"""`architect up`: a built project, running on this machine."""

from typing import Annotated

import typer

from backend_architect.cli.build import HERE, FolderArgument
from backend_architect.cli.check import Json

DEFAULT_SEED = 1_000
MOST_SEED = 1_000_000


def up(
    folder: FolderArgument = HERE,
    *,
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port to listen on. [default: 8000 or the next free one]")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MOST_SEED, help="Number of users to generate; 0 for no data.")
    ] = DEFAULT_SEED,
    no_reload: Annotated[bool, typer.Option("--no-reload", help="Do not restart when a file changes.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Empty the development database first.")] = False,
    json: Json = False,
) -> int:
    """Run a built project: PostgreSQL, migrations, generated data, the server and the worker.

    Ctrl-C stops everything. The data stays in DIR/.data for the next start.

    \b
    Examples:
      architect up
      architect up shop --port 9000 --seed 0
    """
    from backend_architect.cli.running.run import UpOptions, run_project

    return run_project(UpOptions(folder.absolute(), port, seed, reload=not no_reload, reset=reset, json=json))
