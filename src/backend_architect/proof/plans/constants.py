"""The texts that a project's modules hold, resolved by reading: f-strings of constants, sums, imports between modules.

Nothing is imported or run. What depends on a value that only exists at run time stays unresolved.
"""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

METHODS = frozenset({"strip", "lstrip", "rstrip", "replace", "join", "format", "removeprefix", "removesuffix", "upper"})


class Unresolved(Exception):
    """A text depends on something that is only known at run time."""


@dataclass(frozen=True)
class Module:
    """One file: its text, the values assigned at its top, and where imported names come from (module, name)."""

    name: str
    file: str
    text: str
    tree: ast.Module
    values: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


class Sources:
    """Every module of a project's app/."""

    def __init__(self, folder: Path) -> None:
        self.modules = {module.name: module for module in _read_modules(folder)}

    def resolve(self, module: Module, node: ast.expr) -> str:
        """Return the text of an expression; raises Unresolved."""
        value = self._value(module, node, frozenset())
        if not isinstance(value, str):
            raise Unresolved(ast.unparse(node))
        return value

    def _value(self, module: Module, node: ast.expr, seen: frozenset[tuple[str, str]]) -> object:
        match node:
            case ast.Constant():
                return node.value
            case ast.JoinedStr():
                return "".join(self._part(module, part, seen) for part in node.values)
            case ast.BinOp(op=ast.Add()):
                left, right = self._value(module, node.left, seen), self._value(module, node.right, seen)
                if isinstance(left, str) and isinstance(right, str):
                    return left + right
            case ast.Name():
                return self._named(module, node.id, seen)
            case ast.Attribute(value=ast.Name(id=alias)) if alias in module.imports:
                return self._named(self._imported(*module.imports[alias]), node.attr, seen)
            case ast.List() | ast.Tuple():
                return [self._value(module, item, seen) for item in node.elts]
            case ast.Call():
                return self._call(module, node, seen)
        raise Unresolved(ast.unparse(node))

    def _part(self, module: Module, part: ast.expr, seen: frozenset[tuple[str, str]]) -> str:
        if not isinstance(part, ast.FormattedValue):
            return str(self._value(module, part, seen))
        if part.conversion != -1 or part.format_spec is not None:
            raise Unresolved(ast.unparse(part.value))
        value = self._value(module, part.value, seen)
        if not isinstance(value, str | int):
            raise Unresolved(ast.unparse(part.value))
        return str(value)

    def _named(self, module: Module, name: str, seen: frozenset[tuple[str, str]]) -> object:
        if (module.name, name) in seen:
            raise Unresolved(name)
        seen |= {(module.name, name)}
        if name in module.values:
            return self._value(module, module.values[name], seen)
        if name in module.imports:
            source, original = module.imports[name]
            return self._named(self._imported(source, ""), original, seen)
        raise Unresolved(name)

    def _imported(self, source: str, name: str) -> Module:
        found = self.modules.get(f"{source}.{name}".rstrip(".")) or self.modules.get(source)
        if found is None:
            raise Unresolved(source)
        return found

    def _call(self, module: Module, node: ast.Call, seen: frozenset[tuple[str, str]]) -> object:
        function = node.func
        arguments = [self._value(module, item, seen) for item in node.args]
        named = {item.arg: self._value(module, item.value, seen) for item in node.keywords if item.arg}
        if ast.unparse(function) in {"textwrap.dedent", "dedent"} and isinstance(arguments[0], str):
            return textwrap.dedent(arguments[0])
        if isinstance(function, ast.Attribute) and function.attr in METHODS:
            text = self._value(module, function.value, seen)
            if isinstance(text, str):
                return getattr(text, function.attr)(*arguments, **named)
        raise Unresolved(ast.unparse(node))


def _read_modules(folder: Path) -> Iterator[Module]:
    for path in sorted((folder / "app").rglob("*.py")):
        try:
            text = path.read_text()
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # nothing of it runs: the project's own tests say so
        file = path.relative_to(folder)
        name = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        yield Module(name, str(file), text, tree, _values(tree), _imports(tree))


def _values(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def _imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {item.asname or item.name: (node.module, item.name) for item in node.names}
        elif isinstance(node, ast.Import):
            found |= {item.asname: (item.name, "") for item in node.names if item.asname}
    return found
