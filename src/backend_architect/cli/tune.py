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
        Path | None,
        typer.Option(help="SQL or logs, a file or a folder, instead of pg_stat_statements.", exists=True),
    ] = None,
    watch: Annotated[str, typer.Option(help="Count only what runs from now on, that long: 30s, 10m.")] = "",
    form: Annotated[Form, typer.Option("--format", help="How the findings are written.")] = Form.TEXT,
    baseline: Annotated[Path | None, typer.Option(help="Findings that were accepted, each with a reason.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write it all as one page here.", dir_okay=False)] = None,
    budget: Annotated[str, typer.Option(help="How large all new indexes may be together: 500MB, 2GB.")] = "",
    time: Annotated[str, typer.Option(help="How long to look for indexes: 45s, 5m; 0s for not at all.")] = "45s",
    fail_on: Annotated[FailOn, typer.Option(help="From which severity on to fail.")] = FailOn.NEVER,
    migration: Annotated[Path | None, typer.Option(help="Write the migration there, its rollback beside it.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Change the database, after saying how and asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    journal: Annotated[Path | None, typer.Option(help="Where --apply notes what is done.")] = None,
    wait: Annotated[str, typer.Option(help="How long to wait for calls before measuring: 30s, 10m, 2h.")] = "0s",
    snapshot: Annotated[Path | None, typer.Option(help="Write the counts there, to compare with later.")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Tell what came since a snapshot, or since the journal of --apply.", exists=True)
    ] = None,
    json: Json = False,
) -> int:
    """Find what makes a PostgreSQL slow, 13 or newer, whatever built it. Nothing in it is changed without --apply.

    One read-only connection with a statement timeout reads its catalog, its counts, and the statements that it runs.

    \b
    Examples:
      architect tune postgresql://reader@db.example.com/shop
      architect tune --workload queries/ --format markdown > report.md
      architect tune postgresql://reader@db.example.com/shop --html report.html
      architect tune --workload queries.sql --budget 500MB
      architect tune --workload /var/log/postgresql/
      architect tune --watch 10m
      architect tune --fail-on high --baseline accepted.yaml
      architect tune --migration migration.sql
      architect tune --apply --wait 10m
      architect tune --snapshot before.json, and later --compare before.json

    \b
    Exit status: 0 read, or all done · 1 findings from --fail-on on, steps that failed, or not readable
    """
    from backend_architect.cli.applying import Changes, go_on_or_compare, read_seconds
    from backend_architect.cli.sizes import read_bytes
    from backend_architect.cli.tuning import Wish, tune_database
    from backend_architect.tune.indexes.select import Limits

    changes = Changes(url, apply, yes, journal, migration, snapshot, compare, read_seconds(wait), json)
    status = go_on_or_compare(changes)
    if status is not None:
        return status
    limits = Limits(budget=read_bytes(budget), seconds=read_seconds(time))
    watched = read_seconds(watch) if watch else 0.0
    wish = Wish(url, workload, Form.JSON if json else form, baseline, fail_on, html, limits, watched)
    return tune_database(wish, changes)
