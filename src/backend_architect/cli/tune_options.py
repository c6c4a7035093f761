"""What `architect tune` can be told, in groups for its help, and how sizes, times and multiples are read."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backend_architect.errors import ArchitectError, Problem

WHAT_RUNS, LOOK, OUTPUT, CHANGE = "Workload", "Analysis", "Output", "Changes and measurement"


class ChangeRefused(ArchitectError):
    """What was asked for is not done."""


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


class MigrationForm(StrEnum):
    """Whose migration is written."""

    SQL = "sql"
    DJANGO = "django"
    RAILS = "rails"
    ALEMBIC = "alembic"
    PRISMA = "prisma"


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
FormOption = Annotated[
    OutputForm, typer.Option("--format", help="How the findings are written.", rich_help_panel=OUTPUT)
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.", rich_help_panel=OUTPUT)]
Html = Annotated[
    Path | None, typer.Option(help="Write the report as an HTML page.", dir_okay=False, rich_help_panel=OUTPUT)
]
FailOnOption = Annotated[
    FailOn, typer.Option(help="Exit with 1 for findings of this severity or higher.", rich_help_panel=OUTPUT)
]
MigrationFile = Annotated[
    Path | None,
    typer.Option(
        help="Write the migration to this file, and its rollback beside it; with --as, into this folder.",
        rich_help_panel=CHANGE,
    ),
]
RevisitFile = Annotated[
    Path | None,
    typer.Option(
        help="Write the advised indexes to this file, and SQL beside it, to look at their use later.",
        dir_okay=False,
        rich_help_panel=CHANGE,
    ),
]
As = Annotated[
    MigrationForm,
    typer.Option("--as", help="Write the migration as one of this framework's own.", rich_help_panel=CHANGE),
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


BYTES_PER_UNIT = {"": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}


class NotASize(ArchitectError):
    """A size cannot be read."""


def read_bytes(text: str) -> int | None:
    """Return `500MB` in bytes (a kilobyte is 1,024, as for PostgreSQL), None for ''; raises NotASize."""
    if not text.strip():
        return None
    plain = text.strip().upper().replace("_", "").replace(" ", "")
    number = plain.rstrip("BKMGT")
    unit = plain[len(number) :]
    unit = unit if not unit or unit.endswith("B") else f"{unit}B"
    unit = "" if unit == "B" else unit
    if unit not in BYTES_PER_UNIT or not number.replace(".", "", 1).isdecimal():
        raise NotASize(Problem("not-a-size", f"{text} is no size", "write 500MB, 2GB or a number of bytes"))
    return int(float(number) * BYTES_PER_UNIT[unit])


SECONDS_PER_UNIT = {"s": 1, "m": 60, "h": 3_600}
MAX_GROWTH = 10_000


def read_seconds(text: str) -> float:
    """Return `10m` as seconds; raises ChangeRefused for anything else."""
    number, unit = (text[:-1], text[-1:]) if text[-1:] in SECONDS_PER_UNIT else (text, "s")
    if not number.isdecimal():
        raise ChangeRefused(Problem("not-a-time", f"{text} is no time", "write 30s, 10m or 2h"))
    return float(number) * SECONDS_PER_UNIT[unit]


def read_times(text: str) -> float | None:
    """Return `100x` as a number, None for ''; raises ChangeRefused for anything that is no growth."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)x", text.strip().lower())
    times = float(match[1]) if match else 0.0
    if not 1 < times <= MAX_GROWTH:
        raise ChangeRefused(Problem("not-a-growth", f"{text} is no growth of the tables", "write 10x, 100x or 1000x"))
    return times


def read_waits(wait: str, canary: str, *, applies: bool) -> tuple[float, float]:
    """Return how long to wait for calls, and to watch each new index; raises ChangeRefused where none is built."""
    seconds = read_seconds(canary)
    if seconds and not applies:
        raise ChangeRefused(
            Problem("canary-without-apply", "--canary watches indexes that --apply builds", "add --apply")
        )
    return read_seconds(wait), seconds


COUNT = re.compile(r"(\d+(?:\.\d+)?)([kKMB]?)")
COUNTS = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def read_rows(text: str) -> tuple[float, dict[str, float]]:
    """Return `10k,orders=2M` as the rows of all tables, and of some by name; raises ChangeRefused for anything else."""
    default, named = 10_000.0, {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, equals, number = part.rpartition("=")
        match = COUNT.fullmatch(number)
        if match is None or (equals and not name):
            raise ChangeRefused(Problem("not-rows", f"{part} is no number of rows", "write 10k, or orders=2M"))
        rows = float(match[1]) * COUNTS[match[2]]
        if name:
            named[name] = rows
        else:
            default = rows
    return default, named
