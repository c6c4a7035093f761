"""`architect tune plans`: plan shapes kept in a file, and compared with it in a pipeline."""

from enum import StrEnum
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend_architect.cli.tune_options import ChangeRefused, read_rows, read_times
from backend_architect.errors import Problem

if TYPE_CHECKING:
    from backend_architect.tune.contracts import Contract
    from backend_architect.tune.contracts.make import Assumed

SCHEMA, STATEMENTS, CONTRACT = "Schema", "Statements", "Contract"


class PlansForm(StrEnum):
    """Output format."""

    TEXT = "text"
    SARIF = "sarif"
    JSON = "json"


Url = Annotated[
    str,
    typer.Argument(
        metavar="URL",
        help="postgresql://… that has the schema, instead of --schema; or set DATABASE_URL.",
        show_default=False,
    ),
]
SchemaFiles = Annotated[
    Path | None,
    typer.Option(help="A dump, or a folder of SQL migrations.", exists=True, rich_help_panel=SCHEMA),
]
Rows = Annotated[
    str,
    typer.Option(
        metavar="10k,orders=2M", help="Rows of tables that have none, of all and by name.", rich_help_panel=SCHEMA
    ),
]
Workload = Annotated[
    Path, typer.Option(help="SQL or logs, a file or a folder.", exists=True, rich_help_panel=STATEMENTS)
]
Most = Annotated[str, typer.Option("--at", metavar="100x", help="The largest size.", rich_help_panel=CONTRACT)]
Save = Annotated[Path | None, typer.Option(help="Write the contract to this file.", rich_help_panel=CONTRACT)]
Check = Annotated[
    Path | None, typer.Option(help="Compare with the contract in this file.", exists=True, rich_help_panel=CONTRACT)
]
Form = Annotated[PlansForm, typer.Option("--format", help="How the result is written.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def plans(
    url: Url = "",
    *,
    workload: Workload,
    schema: SchemaFiles = None,
    rows: Rows = "10k",
    at: Most = "100x",
    save: Save = None,
    check: Check = None,
    form: Form = PlansForm.TEXT,
    json: Json = False,
) -> int:
    """Keep how each named statement is planned at 1, 10 and 100 times the rows, and fail when a plan flips.

    Planned on a twin without rows: of a database, or of a schema's files loaded into an embedded PostgreSQL.

    \b
    Examples:
      architect tune plans --schema migrations/ --workload queries/ --save plans.json
      architect tune plans --schema migrations/ --workload queries/ --check plans.json
      architect tune plans --schema schema.sql --rows 50k,orders=2M --workload queries.sql --save plans.json
      architect tune plans postgresql://reader@staging/shop --workload queries/ --check plans.json --format sarif

    \b
    Exit status: 0 as in the contract, or saved · 1 a plan flipped, each with its place and why
    """
    from backend_architect.cli.progress import progress
    from backend_architect.cli.writing.disk import check_place
    from backend_architect.tune.contracts import read_contract
    from backend_architect.tune.contracts.make import Assumed, sizes_up_to

    form = PlansForm.JSON if json else form
    if bool(save) == bool(check):
        raise ChangeRefused(Problem("save-or-check", "one of --save and --check is needed", "add --save plans.json"))
    url = url or ("" if schema else environ.get("DATABASE_URL", ""))
    if bool(url) == bool(schema):
        raise ChangeRefused(Problem("url-or-schema", "one of URL and --schema is needed", "add --schema migrations/"))
    kept = read_contract(check) if check else None
    if save:
        check_place(save)
    default, named = read_rows(rows)
    with progress() as tell:
        tell("planning each statement on a twin")
        assumed = Assumed({**(kept.rows if kept else {}), **named}, default, sizes_up_to(read_times(at) or 1.0))
        made, passed = _made(url, schema, workload, assumed)
    if kept is not None:
        return _compared(kept, made, passed, form)
    return _saved(save, made, passed, form) if save else 0


def _made(url: str, schema: Path | None, workload: Path, assumed: "Assumed") -> "tuple[Contract, tuple[Problem, ...]]":
    """Return the contract as it is now, and what of the schema was passed over."""
    from backend_architect.planner_twin.copy import twin_server
    from backend_architect.tune.contracts import loaded_schema, make_contract, read_named
    from backend_architect.tune.reading.any_files import database_of

    named, places = read_named(workload, database_of(url))
    left_out = tuple(
        Problem("statements-left-out", f"{number} statements are left out: {reason}", severity="note")
        for reason, number in named.left_out.items()
    )
    with twin_server() as server:
        if schema is None:
            return make_contract(url, named, places, server, assumed), left_out
        with loaded_schema(server, schema) as (loaded, passed):
            return make_contract(loaded, named, places, server, assumed), (*passed, *left_out)


def _compared(kept: "Contract", made: "Contract", passed: tuple[Problem, ...], form: PlansForm) -> int:
    """Print what flipped, and return 1 where something did."""
    import sys
    from json import dumps

    from backend_architect.cli.output import paint, print_data, problem_text
    from backend_architect.report.plan_contracts import comparison_data, comparison_lines, comparison_sarif
    from backend_architect.tune.contracts import compare_contracts

    comparison = compare_contracts(kept, made)
    if form is PlansForm.JSON:
        print_data(comparison_data(comparison, passed))
    elif form is PlansForm.SARIF:
        print(dumps(comparison_sarif(comparison), indent=2, ensure_ascii=False))
    else:
        colours = paint(sys.stdout)
        print("\n".join([*(problem_text(each, colours) for each in passed), *comparison_lines(comparison, colours)]))
    return int(bool(comparison.flips))


def _saved(file: Path, made: "Contract", passed: tuple[Problem, ...], form: PlansForm) -> int:
    """Write the contract, and say of how many statements."""
    from backend_architect.cli.output import print_data
    from backend_architect.tune.contracts import contract_text

    file.write_text(contract_text(made), encoding="utf-8")
    if form is PlansForm.JSON:
        notes = [each.message for each in passed]
        print_data({"format": 1, "saved": str(file), "statements": len(made.statements), "notes": notes})
        return 0
    refused = [each.name for each in made.statements.values() if each.refused]
    without = f"; without one: {', '.join(refused[:10])}" if refused else ""
    print(f"{file} holds the plans of {len(made.statements)} statements{without}")
    return 0
