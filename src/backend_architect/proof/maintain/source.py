"""The project's own code, parsed: never imported, never run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of app/. `path` is relative to the project: `app/posts/routes.py`."""

    path: str
    text: str
    tree: ast.Module

    @property
    def slice(self) -> str:
        """Return the folder in app/ that holds it, or an empty text for a file beside the folders."""
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 else ""

    @property
    def module(self) -> str:
        """Return the name it is imported by: `app.posts.routes`."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def functions(self) -> Iterator[Function]:
        """Give every function and method."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def imports(self) -> Iterator[str]:
        """Give every name that is imported, with its module: `app.posts.queries.read`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{each.name}" for each in node.names)


def read_source(folder: Path) -> tuple[SourceFile, ...]:
    """Return every Python file of the project's app/."""
    paths = sorted((folder / "app").rglob("*.py"))
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    return tuple(SourceFile(path.relative_to(folder).as_posix(), text, ast.parse(text)) for path, text in texts)
