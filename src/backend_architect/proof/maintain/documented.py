"""Every module and every public class and function says what it is."""

import ast
from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group, Measure, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.maintain.source import Function, SourceFile, read_source
from backend_architect.proof.probe import Probe

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def documented(lab: Lab) -> Iterator[Case]:
    """Give one case: what has no words of its own."""
    names = [each for file in read_source(lab.subject.folder) for each in _names(file)]
    missing = [name for name, docstring in names if not docstring]
    expected, measures = "a docstring each", (Measure("public names", len(names)),)
    if missing:
        advice = "say in a sentence what it returns"
        yield Case("public names", Verdict.FAILED, expected, "; ".join(missing[:20]), advice=advice, measures=measures)
        return
    yield Case("public names", Verdict.HELD, expected, f"{len(names)} have one", measures=measures)


def _names(file: SourceFile) -> Iterator[tuple[str, bool]]:
    """Give each public name with whether it has words; what is plain data, or documented in a base, needs none."""
    if file.text.strip():
        yield file.path, ast.get_docstring(file.tree) is not None
    classes = [node for node in file.tree.body if isinstance(node, ast.ClassDef)]
    methods = [(child, holder) for holder in classes for child in holder.body if isinstance(child, Function)]
    documented_names = {method.name for method, _ in methods if ast.get_docstring(method)}
    for node in (node for node in file.tree.body if isinstance(node, Named) and not _is_data(node)):
        if not node.name.startswith("_") and not _is_overload(node):
            yield f"{file.path}:{node.lineno} {node.name}", ast.get_docstring(node) is not None
    for method, holder in methods:
        if not f"{holder.name}{method.name}".startswith("_") and not method.name.startswith("_"):
            known = ast.get_docstring(method) is not None or (bool(holder.bases) and method.name in documented_names)
            yield f"{file.path}:{method.lineno} {holder.name}.{method.name}", known


def _is_data(node: Named) -> bool:
    """Return whether a class only gives values to names that its base has."""
    return (
        isinstance(node, ast.ClassDef) and bool(node.bases) and all(isinstance(each, ast.Assign) for each in node.body)
    )


def _is_overload(node: Named) -> bool:
    return any(ast.unparse(each).rpartition(".")[2] in {"overload", "override"} for each in node.decorator_list)


PROBE = Probe("documented", Group.MAINTAIN, "every public name says what it is", documented)
