"""`architect check`: everything that is wrong in a design file, with place and fix."""

from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The design file, or its folder.", show_default=True)
]
Json = Annotated[bool, typer.Option("--json", help="Answer as data, for programs.")]
DESIGN_FILE = Path("backend.yaml")


def check(file: FileArgument = DESIGN_FILE, *, json: Json = False) -> int:
    """Say everything that is wrong in a design file, with place and fix; warnings do not fail it.

    \b
    Examples:
      architect check
      architect check shop
      architect check shop/backend.yaml --json
    """
    from backend_architect.cli.as_data import print_data
    from backend_architect.cli.earlier import notes_on_earlier_build
    from backend_architect.cli.failures import print_warnings, problems_as_data
    from backend_architect.errors import DesignError
    from backend_architect.pipeline import read_sound_design, warnings_of

    notes = notes_on_earlier_build(file)
    try:
        loaded = read_sound_design(file)
    except DesignError as error:
        raise DesignError(*error.problems, *notes) from None
    warnings = (*warnings_of(loaded), *notes)
    if json:
        print_data({"problems": [], "warnings": problems_as_data(warnings)})
        return 0
    print_warnings(warnings)
    design = loaded.design
    parts = (_counted(design.entities, "entities"), _counted(design.edges, "edges"), _counted(design.lists, "lists"))
    end = "no problems found" if warnings else "all is well"
    print(f"{loaded.file}: {end} ({', '.join(parts)})")
    return 0


def _counted(things: Sized, name: str) -> str:
    return f"{len(things)} {name}"
