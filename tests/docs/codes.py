"""Every code of a problem that stands in the source."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT

SOURCE = ROOT / "src" / "backend_architect"
CODE = re.compile(r"[a-z]+(?:-[a-z]+)+\Z")
FIRST = {"Problem", "problem", "warning", "note", "add", "_refused", "_failed", "_error", "database_error"}
LATER = {"TextForm": 2, "ExpressionError": 2, "Symptom": 1}


def codes_in_source() -> set[str]:
    """Return the codes that calls make problems with, and those kept in tables for such calls."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "templates" not in path.parts:
            found |= set(_codes(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        for value in _values(node):
            for part in ast.walk(value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.match(part.value):
                    yield part.value


def _values(node: ast.AST) -> Iterator[ast.expr]:
    """Return what stands where a code stands: in a call, in `code = …`, or in the table of a module's fixes."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        position = 0 if name in FIRST else LATER.get(name)
        if position is not None:
            yield from node.args[position : position + 1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
    elif isinstance(node, ast.Assign):
        targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if "code" in targets:
            yield node.value
        if "_FIXES" in targets and isinstance(node.value, ast.Dict):
            yield from (value.elts[0] for value in node.value.values if isinstance(value, ast.Tuple))
        if {name for target in node.targets for name in _names(target)} >= {"code", "fix"}:
            yield node.value


def _names(target: ast.expr) -> list[str]:
    return [item.id for item in target.elts if isinstance(item, ast.Name)] if isinstance(target, ast.Tuple) else []
