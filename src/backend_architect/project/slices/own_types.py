"""Types under a name of their own, where a class has a field that is called as they are: `date: date_ | None`."""

import ast
import builtins
from collections.abc import Iterator


def with_own_types(module: str) -> str:
    """Return a module in which no field of a class hides the type that it, or a later field, is written with."""
    tree = ast.parse(module)
    found = {node for each in tree.body if isinstance(each, ast.ClassDef) for node in _hidden(each)}
    if not found:
        return module
    lines = module.splitlines(keepends=True)
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line = lines[node.lineno - 1].encode()
        lines[node.lineno - 1] = (line[: node.end_col_offset] + b"_" + line[node.end_col_offset :]).decode()
    lines.insert(_end_of_docstring(tree), "\n" + "\n".join(_imports(tree, {node.id for node in found})) + "\n")
    return "".join(lines)


def _hidden(found: ast.ClassDef) -> Iterator[ast.Name]:
    """Yield the names that the body of a class reads, and that are fields of it too."""
    fields = [node for node in found.body if isinstance(node, ast.AnnAssign)]
    names = {field.target.id for field in fields if isinstance(field.target, ast.Name)}
    for written in (part for field in fields for part in (field.annotation, field.value) if part):
        for node in ast.walk(written):
            if isinstance(node, ast.Name) and node.id in names:
                yield node


def _imports(tree: ast.Module, names: set[str]) -> list[str]:
    modules = dict.fromkeys(dir(builtins), "builtins")
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {alias.name: node.module for alias in node.names}
    return [f"from {modules[name]} import {name} as {name}_" for name in sorted(names)]


def _end_of_docstring(tree: ast.Module) -> int:
    return tree.body[0].end_lineno or 0
