"""Python source with its places: which characters a node of the syntax tree covers."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from backend_architect.proof.mutation.weakening import Edit, Weakening, weakening


@dataclass(frozen=True)
class PythonText:
    """One module of a project."""

    file: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.source)

    @cached_property
    def _lines(self) -> list[tuple[int, bytes]]:
        found, at = [], 0
        for line in self.source.splitlines(keepends=True):
            found.append((at, line.encode()))
            at += len(line)
        return found

    def walk(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Give every node of these kinds."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return the first character of a node, and the one after its last."""
        first, last = getattr(node, "lineno"), getattr(node, "end_lineno")  # noqa: B009
        return self._at(first, getattr(node, "col_offset")), self._at(last, getattr(node, "end_col_offset"))  # noqa: B009

    def text(self, node: ast.AST) -> str:
        """Return a node as it is written."""
        start, end = self.span(node)
        return self.source[start:end]

    def replaced(self, kind: str, node: ast.AST, text: str, what: str = "") -> Weakening:
        """Return the weakening that writes another text where a node is."""
        start, end = self.span(node)
        return weakening(kind, self.source, Edit(self.file, start, end, text), what)

    def function_around(self, node: ast.AST) -> str:
        """Return the name of the innermost function or class that a node is in, or ''."""
        line, name = getattr(node, "lineno", 0), ""
        for outer in self.walk(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            assert isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if outer.lineno <= line <= (outer.end_lineno or 0):
                name = outer.name
        return name

    def _at(self, line: int, column: int) -> int:
        start, raw = self._lines[line - 1]
        return start + len(raw[:column].decode())
