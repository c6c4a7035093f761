"""`architect tune revisit`: advised indexes that nothing has used since."""

import sys
from os import environ
from pathlib import Path
from typing import Annotated

import typer

from backend_architect.cli.tune_options import ChangeRefused
from backend_architect.errors import Problem

File = Annotated[Path, typer.Argument(metavar="FILE", help="What architect tune --revisit wrote.", exists=True)]
Urls = Annotated[
    list[str] | None,
    typer.Argument(metavar="URL …", help="The primary, and each standby; or set DATABASE_URL.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def revisit(file: File, urls: Urls = None, *, json: Json = False) -> int:
    """Say which advised indexes nothing has used since, and propose to drop them. Nothing is changed.

    Reads pg_stat_user_indexes' counts, and since when they count; each standby counts its own reads.

    \b
    Examples, with DATABASE_URL set or URLs given:
      architect tune --revisit indexes.json             beside the advice; commit both files that it writes
      architect tune revisit indexes.json               a month later
      architect tune revisit indexes.json postgresql://primary/shop postgresql://standby/shop

    \b
    Exit status: 0 each index was used, or it is too early · 1 some are proposed to be dropped
    """
    from datetime import UTC, datetime

    from backend_architect.cli.output import paint, print_data
    from backend_architect.report.revisited import looked_data, looked_lines
    from backend_architect.tune.revisiting import look_again, read_revisit

    given = urls or [each for each in [environ.get("DATABASE_URL", "")] if each]
    if not given:
        raise ChangeRefused(Problem("no-url", "no database was named", "give its URL, or set DATABASE_URL"))
    kept = read_revisit(file)
    looked = look_again(kept, given, datetime.now(UTC).date())
    if json:
        print_data(looked_data(kept, looked))
    else:
        print("\n".join(looked_lines(kept, looked, paint(sys.stdout))))
    return int(any(each.drop for each in looked.usages))
