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


def check(
    file: FileArgument = DESIGN_FILE,
    *,
    json: Json = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="Also ask a PostgreSQL of its own whether each rule is compiled rightly.")
    ] = False,
) -> int:
    """Say everything that is wrong in a design file, with place and fix.

    \b
    Examples:
      architect check
      architect check shop --rules
      architect check shop/backend.yaml --json
    """
    from backend_architect.errors import DesignError
    from backend_architect.pipeline import read_sound_design

    loaded = read_sound_design(file)
    if rules:
        from backend_architect.explaining import compare_readings

        problems = compare_readings(loaded)
        if problems:
            raise DesignError(*problems)
    if json:
        print('{"problems": []}')
        return 0
    design = loaded.design
    parts = (_counted(design.entities, "entities"), _counted(design.edges, "edges"), _counted(design.lists, "lists"))
    print(f"{loaded.file}: all is well ({', '.join(parts)})")
    return 0


def _counted(things: Sized, name: str) -> str:
    return f"{len(things)} {name}"
