"""The templates: a file's path below `templates/` is its path in the project; `.jinja` is cut off."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend_architect.project.context import template_filters

TEMPLATES = Path(__file__).parent / "templates"
BINARY = {".pyc"}


def render_templates(context: Mapping[str, object], *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Return every template as text by path, but those that are in `without`, or below a folder in it."""
    wanted = [path for path in _paths() if not path.startswith(tuple(f for f in without if f.endswith("/")) or ("\0",))]
    rendered = {path: _render(path, context) for path in wanted if _target(path) not in without}
    return {_target(path): text for path, text in rendered.items() if text.strip() or not path.endswith(".jinja")}


def _target(path: str) -> str:
    return path.removesuffix(".jinja")


def _render(path: str, context: Mapping[str, object]) -> str:
    if path.endswith(".jinja"):
        return _environment().get_template(path).render(context)
    return (TEMPLATES / path).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - what is rendered is source code, not HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(template_filters())
    return environment


@cache
def _paths() -> tuple[str, ...]:
    found = (path for path in TEMPLATES.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return tuple(sorted(str(path.relative_to(TEMPLATES).as_posix()) for path in found if path.suffix not in BINARY))
