"""`architect tune`: why a PostgreSQL is slow, and what mends it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

WHAT_RUNS, LOOK, TOLD, CHANGE = "What it runs", "How far to look", "How it is told", "Change it, and measure"


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
        typer.Option(
            help="SQL or logs, a file or a folder, instead of pg_stat_statements.",
            exists=True,
            rich_help_panel=WHAT_RUNS,
        ),
    ] = None,
    watch: Annotated[
        str,
        typer.Option(
            metavar="10m", help="Count only what runs from now on, that long: 30s, 10m.", rich_help_panel=WHAT_RUNS
        ),
    ] = "",
    at: Annotated[
        str,
        typer.Option(
            metavar="100x", help="Say which statements turn bad on so many times the rows.", rich_help_panel=LOOK
        ),
    ] = "",
    budget: Annotated[
        str,
        typer.Option(
            metavar="500MB", help="How large all new indexes may be together: 500MB, 2GB.", rich_help_panel=LOOK
        ),
    ] = "",
    time: Annotated[
        str,
        typer.Option(
            metavar="45s", help="How long to look for indexes: 45s, 5m; 0s for not at all.", rich_help_panel=LOOK
        ),
    ] = "45s",
    baseline: Annotated[
        Path | None, typer.Option(help="Findings that were accepted, each with a reason.", rich_help_panel=LOOK)
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="How the findings are written.", rich_help_panel=TOLD)
    ] = Form.TEXT,
    json: Annotated[bool, typer.Option("--json", help="Answer as data, for programs.", rich_help_panel=TOLD)] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write it all as one page here.", dir_okay=False, rich_help_panel=TOLD)
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="From which severity on to fail.", rich_help_panel=TOLD)
    ] = FailOn.NEVER,
    migration: Annotated[
        Path | None,
        typer.Option(help="Write the migration there, its rollback beside it.", rich_help_panel=CHANGE),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Change the database, after saying how and asking.", rich_help_panel=CHANGE)
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=CHANGE)] = False,
    journal: Annotated[
        Path | None, typer.Option(help="Where --apply notes what is done.", rich_help_panel=CHANGE)
    ] = None,
    wait: Annotated[
        str,
        typer.Option(
            metavar="10m",
            help="How long to wait for calls before measuring: 30s, 10m, 2h.",
            rich_help_panel=CHANGE,
        ),
    ] = "0s",
    snapshot: Annotated[
        Path | None, typer.Option(help="Write the counts there, to compare with later.", rich_help_panel=CHANGE)
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            help="Tell what came since a snapshot, or since the journal of --apply.",
            exists=True,
            rich_help_panel=CHANGE,
        ),
    ] = None,
) -> int:
    """Find what makes a PostgreSQL slow, 13 or newer, whatever built it. Nothing in it is changed without --apply.

    One read-only connection with a statement timeout reads its catalog, its counts, and the statements that it runs.

    \b
    Examples, with DATABASE_URL set or the URL given:
      architect tune                              what is slow, why, and the SQL that mends it
      architect tune --html report.html           the same as one page
      architect tune --watch 10m                  only what runs from now on, and who waits for whom
      architect tune --workload /var/log/postgresql/
      architect tune --at 100x                    what turns bad on 100 times the rows
      architect tune --budget 500MB               the best indexes that fit in
      architect tune --migration migration.sql    the mending as a file, for review
      architect tune --apply --wait 10m           mend it, and say what came of it
      architect tune --snapshot before.json, and later --compare before.json
      architect tune --json --fail-on high --baseline accepted.yaml      for pipelines

    \b
    Exit status: 0 read, or all done · 1 findings from --fail-on on, steps that failed, or not readable
    """
    from backend_architect.cli.applying import go_on
    from backend_architect.cli.changes import Changes
    from backend_architect.cli.comparing import store_or_compare
    from backend_architect.cli.durations import read_seconds, read_times
    from backend_architect.cli.sizes import read_bytes
    from backend_architect.cli.tuning import Wish, tune_database
    from backend_architect.tune.indexes.select import Limits

    form = Form.JSON if json else form
    limits = Limits(budget=read_bytes(budget), seconds=read_seconds(time))
    watched = read_seconds(watch) if watch else 0.0
    wish = Wish(url, workload, form, baseline, fail_on, html, limits, watched, read_times(at))
    changes = Changes(url, form, apply, yes, journal, migration, snapshot, compare, read_seconds(wait))
    status = store_or_compare(changes)
    if status is None:
        status = go_on(changes)
    return tune_database(wish, changes) if status is None else status
