"""`architect init`: a small design file to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from backend_architect.cli.output import quoted

SCHEMA_FILE = "backend.schema.json"


def init(
    name: Annotated[str, typer.Argument(help="The backend's name: small letters, digits and hyphens.")] = "",
) -> int:
    """Write a small, commented design file to begin with, into a folder of that name or into this one.

    Its JSON Schema is written beside it, by which editors complete it.

    \b
    Examples:
      architect init shop
      architect init
    """
    from backend_architect.cli.output import data_text
    from backend_architect.cli.writing.disk import write_new
    from backend_architect.design import read_design
    from backend_architect.design.json_schema import design_json_schema
    from backend_architect.errors import FolderError, Problem
    from backend_architect.patterns.starter import starter_design

    path = Path(name, "backend.yaml")
    text = starter_design(name or _slug(Path.cwd().name))
    read_design(text, str(path))
    if path.exists():
        raise FolderError(Problem("design-exists", f"{path} is there already", "change it, or name another backend"))
    write_new(path, text)
    write_new(path.with_name(SCHEMA_FILE), data_text(design_json_schema()))
    print(f"{path} is written. Change it, then: architect build{f' {quoted(name)}' if name else ''}")
    return 0


def _slug(name: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower()).strip("-")
    return kept if kept[:1].isalpha() else f"app-{kept}".strip("-")
