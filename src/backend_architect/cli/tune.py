"""`architect tune`: why a PostgreSQL is slow, and what mends it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backend_architect.cli.check import Json


class Form(StrEnum):
    """How the findings are written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JSON = "json"


class FailOn(StrEnum):
    """From which severity on findings make the command fail."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEVER = "never"


def tune(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="postgresql://…; or set DATABASE_URL.", envvar="DATABASE_URL")
    ],
    *,
    workload: Annotated[
        Path | None, typer.Option(help="A file or folder of SQL, instead of pg_stat_statements.", exists=True)
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How the findings are written.")] = Form.TEXT,
    baseline: Annotated[Path | None, typer.Option(help="Findings that were accepted, each with a reason.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write it all as one page here.", dir_okay=False)] = None,
    fail_on: Annotated[FailOn, typer.Option(help="From which severity on to fail.")] = FailOn.NEVER,
    json: Json = False,
) -> int:
    """Find what makes a PostgreSQL slow, 13 or newer, whatever built it. Nothing in it is changed.

    One read-only connection with a statement timeout reads its catalog, its counts, and the statements that it runs.

    \b
    Examples:
      architect tune postgresql://reader@db.example.com/shop
      architect tune --workload queries/ --format markdown > report.md
      architect tune postgresql://reader@db.example.com/shop --html report.html
      architect tune --fail-on high --baseline accepted.yaml

    \b
    Exit status: 0 read · 1 findings from --fail-on on, or not readable
    """
    from backend_architect.cli.tuning import Wish, tune_database

    return tune_database(Wish(url, workload, Form.JSON if json else form, baseline, fail_on, html))
