"""What `architect tune` can be told, in groups for its help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

WHAT_RUNS, LOOK, TOLD, CHANGE = "Workload", "Analysis", "Output", "Changes and measurement"


class OutputForm(StrEnum):
    """Output format."""

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


class WhatIfMethod(StrEnum):
    """The engine that plans with hypothetical indexes."""

    AUTO = "auto"
    TWIN = "twin"
    HYPOPG = "hypopg"


Url = Annotated[str, typer.Argument(metavar="URL", help="postgresql://…; or set DATABASE_URL.", envvar="DATABASE_URL")]
WorkloadFiles = Annotated[
    Path | None,
    typer.Option(
        help="SQL or logs, a file or a folder, instead of pg_stat_statements.",
        exists=True,
        rich_help_panel=WHAT_RUNS,
    ),
]
Watch = Annotated[
    str,
    typer.Option(
        metavar="10m", help="Observe the workload from now on, for this long: 30s, 10m.", rich_help_panel=WHAT_RUNS
    ),
]
At = Annotated[
    str,
    typer.Option(
        metavar="100x", help="Report queries that stop scaling at so many times the data.", rich_help_panel=LOOK
    ),
]
Budget = Annotated[
    str,
    typer.Option(metavar="500MB", help="Size limit for all new indexes together: 500MB, 2GB.", rich_help_panel=LOOK),
]
Time = Annotated[
    str,
    typer.Option(
        metavar="45s",
        help="Time limit for reading, copying and searching indexes: 45s, 5m; 0s skips the search.",
        rich_help_panel=LOOK,
    ),
]
WhatIf = Annotated[
    WhatIfMethod,
    typer.Option(help="Engine for hypothetical indexes: hypopg where installed, else the twin.", rich_help_panel=LOOK),
]
Baseline = Annotated[Path | None, typer.Option(help="Accepted findings, each with a reason.", rich_help_panel=LOOK)]
FormOption = Annotated[OutputForm, typer.Option("--format", help="How the findings are written.", rich_help_panel=TOLD)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.", rich_help_panel=TOLD)]
Html = Annotated[
    Path | None, typer.Option(help="Write the report as an HTML page.", dir_okay=False, rich_help_panel=TOLD)
]
FailOnOption = Annotated[FailOn, typer.Option(help="Fail from this severity on.", rich_help_panel=TOLD)]
MigrationFile = Annotated[
    Path | None,
    typer.Option(help="Write the migration to this file, and its rollback beside it.", rich_help_panel=CHANGE),
]
Apply = Annotated[
    bool, typer.Option("--apply", help="Apply the changes, after showing them and asking.", rich_help_panel=CHANGE)
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=CHANGE)]
JournalFile = Annotated[Path | None, typer.Option(help="Journal of --apply.", rich_help_panel=CHANGE)]
Wait = Annotated[
    str,
    typer.Option(
        metavar="10m",
        help="How long to wait for calls before measuring: 30s, 10m, 2h.",
        rich_help_panel=CHANGE,
    ),
]
Canary = Annotated[
    str,
    typer.Option(
        metavar="2m",
        help="With --apply: watch each new index that long, and drop what makes a statement worse.",
        rich_help_panel=CHANGE,
    ),
]
SnapshotFile = Annotated[
    Path | None, typer.Option(help="Write a snapshot of the counts, to compare with later.", rich_help_panel=CHANGE)
]
CompareFile = Annotated[
    Path | None,
    typer.Option(
        help="Compare with a snapshot, or with the journal of --apply.",
        exists=True,
        rich_help_panel=CHANGE,
    ),
]
