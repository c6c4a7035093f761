"""`architect check`: everything that is wrong in a design file, with place and fix."""

from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend_architect.design import LoadedDesign

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The design file, or its folder.", show_default=True)
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
DESIGN_FILE = Path("backend.yaml")


def check(
    file: FileArgument = DESIGN_FILE,
    *,
    json: Json = False,
    rules: Annotated[
        bool,
        typer.Option("--rules", help="Also verify on a temporary PostgreSQL that each rule is compiled correctly."),
    ] = False,
) -> int:
    """Report every problem in a design file, with place and fix. Warnings do not fail it.

    \b
    Examples:
      architect check
      architect check shop --rules
      architect check shop/backend.yaml --json
    """
    from backend_architect.cli.earlier_builds import notes_on_earlier_build
    from backend_architect.cli.output import print_data, print_warnings, problems_as_data
    from backend_architect.errors import DesignError
    from backend_architect.pipeline import read_sound_design, warnings_of

    notes = notes_on_earlier_build(file)
    try:
        loaded = read_sound_design(file)
    except DesignError as error:
        raise DesignError(*error.problems, *notes) from None
    if rules:
        _hold_rules(loaded)
    warnings = (*warnings_of(loaded), *notes)
    if json:
        print_data({"problems": [], "warnings": problems_as_data(warnings)})
        return 0
    print_warnings(warnings)
    design = loaded.design
    parts = (
        _counted(design.entities, "entity", "entities"),
        _counted(design.edges, "edge", "edges"),
        _counted(design.lists, "list", "lists"),
    )
    print(f"{loaded.file}: no problems found ({', '.join(parts)})")
    return 0


def _hold_rules(loaded: "LoadedDesign") -> None:
    """Raise DesignError with every rule whose compiled form says something else than its text."""
    from backend_architect.errors import DesignError
    from backend_architect.explaining import compare_readings

    problems = compare_readings(loaded)
    if problems:
        raise DesignError(*problems)


def _counted(things: Sized, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"
