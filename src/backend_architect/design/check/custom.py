"""A hand-written use case has its file in the project, and a path that leads to it."""

import re
from collections.abc import Iterator

from backend_architect.design.check.names import IN_PYTHON
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Custom, Entity
from backend_architect.design.reading_result import did_you_mean
from backend_architect.errors import Problem

GENERATED = frozenset({"routes", "schemas", "queries", "access", "__init__"})


def check_custom(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `code-outside-app`, `code-is-generated`, `wrong-placeholder`, `duplicate-name` and `unknown-name`."""
    seen: dict[str, int] = {}
    for n, use in enumerate(loaded.design.custom):
        yield from _code(loaded, use, f"custom.{n}.code")
        yield from _path(loaded, use, f"custom.{n}.route")
        if use.code in seen:
            message = f"`{use.code}` holds the use case of line {loaded.place(f'custom.{seen[use.code]}').line} already"
            yield loaded.problem("duplicate-name", f"custom.{n}.code", message, "give each use case its own file")
        seen.setdefault(use.code, n)


def _code(loaded: LoadedDesign, use: Custom, path: str) -> Iterator[Problem]:
    parts = use.code.split("/")
    name = parts[-1].removesuffix(".py")
    if parts[0] != "app" or len(parts) < 2 or {"..", ".", ""} & set(parts):
        message = f"`{use.code}` is not under app/"
        yield loaded.problem("code-outside-app", path, message, "write e.g. app/posts/report.py")
    elif name in GENERATED or parts[:-1] in (["app"], ["app", "auth"], ["app", "core"]):
        message = f"`{use.code}` is where the tool writes its own files"
        fix = f"write e.g. `{'/'.join(parts[:-1]) if len(parts) > 2 else 'app/posts'}/do_{name.strip('_')}.py`"
        yield loaded.problem("code-is-generated", path, message, fix)
    elif not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in IN_PYTHON:
        message = f"`{name}` cannot be the name of a Python module"
        fix = "write it in snake_case: app/posts/report.py"
        if name in IN_PYTHON:
            fix = f"choose another name, such as `{'/'.join(parts[:-1])}/do_{name}.py`"
        yield loaded.problem("reserved-word", path, message, fix)


def _path(loaded: LoadedDesign, use: Custom, path: str) -> Iterator[Problem]:
    segments = use.path.strip("/").split("/")
    placeholders = [segment for segment in segments if segment.startswith("{")]
    if any(name != "{id}" for name in placeholders) or len(placeholders) > 1:
        message = "a use case has one placeholder, `{id}`, and this has " + " and ".join(placeholders)
        yield loaded.problem("wrong-placeholder", path, message, "take what else it needs from the body")
    elif placeholders and (len(segments) < 2 or segments[1] != "{id}"):
        message = "`{id}` is the id of the first segment's entity, and stands after it"
        yield loaded.problem("wrong-placeholder", path, message, "write e.g. /posts/{id}/report")
    plural = segments[0].replace("-", "_")
    if not isinstance(loaded.design.rows_by_plural.get(plural), Entity):
        known = tuple(entity.plural.replace("_", "-") for entity in loaded.design.entities.values())
        message = f"a use case belongs to an entity, and `{segments[0]}` is no plural of one"
        yield loaded.problem("unknown-name", path, message, did_you_mean(segments[0], known))
