"""Files that the tool once wrote elsewhere: their new places, and the same texts with their imports brought up to date.

A team's edits go with the file, and its own modules go on importing what they imported.
"""

import ast
from collections.abc import Mapping, Set
from pathlib import Path

from backend_architect.cli.writing.places import look

_INTO_CORE = (
    *("access", "cache", "connections", "database", "database_role", "environment", "errors", "files", "health"),
    *("idempotency", "input", "middleware", "openapi", "pagination", "rate_limits", "request_context", "responses"),
    *("settings", "telemetry", "writes"),
)
MOVED: Mapping[str, str] = {f"app/{name}.py": f"app/core/{name}.py" for name in _INTO_CORE}
"""Where files of earlier versions stand now."""
MODULES = {f"app.{name}": f"app.core.{name}" for name in _INTO_CORE}


def pending_moves(folder: Path, base: Mapping[str, str], generated: Mapping[str, str]) -> dict[str, str]:
    """Return the new place of each file that was generated elsewhere; where something stands already, it stays."""
    wanted = ((old, new) for old, new in MOVED.items() if old in base and old not in generated and new in generated)
    return {old: new for old, new in wanted if new not in base and look(folder, new) is None and _is_text(folder, old)}


def _is_text(folder: Path, path: str) -> bool:
    """Return whether a file can be moved with its edits: it is a text, or was deleted."""
    seen = look(folder, path)
    return seen is None or seen.text is not None


def own_modules(folder: Path, known: Set[str]) -> dict[str, str]:
    """Return the texts of the Python files in app/ and tests/ that the tool did not write, by path."""
    paths = (path for name in ("app", "tests") for path in sorted((folder / name).rglob("*.py")))
    names = (path.relative_to(folder).as_posix() for path in paths if path.is_file())
    seen = {name: look(folder, name) for name in names if name not in known}
    return {name: file.text for name, file in seen.items() if file is not None and file.text is not None}


def with_new_imports(texts: Mapping[str, str]) -> dict[str, str]:
    """Return Python texts with the imports of moved modules changed, and sorted where one was changed."""
    from backend_architect.project.formatting import sort_imports

    changed = {path: _with_new_imports(text) if path.endswith(".py") else text for path, text in texts.items()}
    return changed | sort_imports({path: text for path, text in changed.items() if text != texts[path]})


def _with_new_imports(text: str) -> str:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    lines = text.splitlines(keepends=True)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES and not node.level:
            _replace(lines, node, node.module, MODULES[node.module])
        elif isinstance(node, ast.ImportFrom) and node.module == "app" and not node.level:
            _split(lines, node)
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.asname and each.name in MODULES:
                    _replace(lines, node, each.name, MODULES[each.name])
    return "".join(lines)


def _replace(lines: list[str], node: ast.stmt, old: str, new: str) -> None:
    """Replace a module's name in an import, on the line that has it."""
    for number in range(node.lineno - 1, node.end_lineno or node.lineno):
        if old in lines[number]:
            lines[number] = lines[number].replace(old, new, 1)
            return


def _split(lines: list[str], node: ast.ImportFrom) -> None:
    """Take the modules that moved out of `from app import errors, posts`."""
    moved = [each for each in node.names if f"app.{each.name}" in MODULES]
    if not moved or node.end_lineno is None:
        return
    indent = " " * node.col_offset
    rest = [each for each in node.names if each not in moved]
    parts = [("app.core", moved), *([("app", rest)] if rest else [])]
    text = [f"{indent}from {module} import {', '.join(map(ast.unparse, names))}\n" for module, names in parts]
    first, last = node.lineno - 1, node.end_lineno
    lines[first:last] = ["".join(text), *[""] * (last - first - 1)]
