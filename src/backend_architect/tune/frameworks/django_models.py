"""The models of a Django project, as its migrations tell them: read as text, never imported."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LABEL = "label"


@dataclass(slots=True)
class Model:
    """A model: its name, its table, and its fields by their columns."""

    name: str
    table: str
    fields: dict[str, ast.Call] = field(default_factory=dict)

    @property
    def field_by_column(self) -> dict[str, str]:
        """Return the name of each field that has a column."""
        return {column: name for name, call in self.fields.items() if (column := _column(name, call))}


@dataclass(slots=True)
class App:
    """An app: its label, the folder of its migrations, their names and the last ones, and its models by table."""

    label: str
    folder: Path
    names: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    models: dict[str, Model] = field(default_factory=dict)

    def by_table(self) -> dict[str, Model]:
        """Return its models by the tables that they have now."""
        return {model.table: model for model in self.models.values()}


def read_apps(folder: Path) -> tuple[App, ...]:
    """Return the apps of a project, or the one whose folder of migrations this is."""
    if folder.name == "migrations":
        return (_read_app(folder),)
    found = sorted(
        path.parent for path in folder.glob("**/migrations/__init__.py") if _is_own(path.relative_to(folder))
    )
    return tuple(_read_app(each) for each in found)


def _is_own(path: Path) -> bool:
    """Return whether a folder belongs to the project: no environment of installed packages."""
    return not any(part.startswith(".") or part in {"site-packages", "node_modules", "venv"} for part in path.parts)


def _read_app(folder: Path) -> App:
    app = App(_label(folder.parent), folder)
    before: set[str] = set()
    for path in sorted(folder.glob("*.py")):
        if path.stem.startswith("_"):
            continue
        tree = _parsed(path)
        migration = _migration(tree)
        if migration is None:
            continue
        app.names.append(path.stem)
        before |= {name for label, name in _dependencies(migration) if label == app.label}
        for call in _operations(migration):
            _apply(call, app)
    app.leaves = [name for name in app.names if name not in before]
    return app


def _label(folder: Path) -> str:
    """Return the app's label: the folder's name, unless its AppConfig says another."""
    for node in ast.walk(_parsed(folder / "apps.py")):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == LABEL for t in node.targets):
            return _text(node.value) or folder.name
    return folder.name


def _parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree, an empty one where it cannot be read or is no Python."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _migration(tree: ast.Module) -> ast.ClassDef | None:
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration")
    return next(classes, None)


def _assigned(migration: ast.ClassDef, name: str) -> ast.expr | None:
    for node in migration.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return node.value
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return node.value
    return None


def _dependencies(migration: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for each in _elements(_assigned(migration, "dependencies")):
        pair = [_text(part) for part in _elements(each)]
        if len(pair) == 2:
            yield pair[0], pair[1]


def _operations(migration: ast.ClassDef) -> Iterator[ast.Call]:
    yield from _calls(_elements(_assigned(migration, "operations")))


def _calls(nodes: Iterable[ast.expr]) -> Iterator[ast.Call]:
    """Give the operations; of what is done to the database and told to Django apart, what Django is told."""
    for node in nodes:
        if isinstance(node, ast.Call) and _called(node) == "SeparateDatabaseAndState":
            yield from _calls(_elements(_argument(node, "state_operations", 1)))
        elif isinstance(node, ast.Call):
            yield node


def _apply(call: ast.Call, app: App) -> None:
    """Change the app's models as an operation does."""
    operation = _called(call)
    first, second = _text(_argument(call, "name", 0)), _text(_argument(call, "model_name", 0)).lower()
    model = app.models.get(second)
    match operation:
        case "CreateModel":
            table = _option(_argument(call, "options", 2), "db_table") or f"{app.label}_{first.lower()}"
            fields = _elements(_argument(call, "fields", 1))
            app.models[first.lower()] = Model(first, table, dict(_fields(fields)))
        case "DeleteModel":
            app.models.pop(first.lower(), None)
        case "AlterModelTable" if first.lower() in app.models:
            own = app.models[first.lower()]
            own.table = _text(_argument(call, "table", 1)) or f"{app.label}_{own.name.lower()}"
        case "RenameModel":
            _rename_model(call, app)
        case "AddField" | "AlterField" if model:
            value = _argument(call, "field", 2)
            if isinstance(value, ast.Call):
                model.fields[_text(_argument(call, "name", 1))] = value
        case "RemoveField" if model:
            model.fields.pop(_text(_argument(call, "name", 1)), None)
        case "RenameField" if model:
            old = model.fields.pop(_text(_argument(call, "old_name", 1)), None)
            if old is not None:
                model.fields[_text(_argument(call, "new_name", 2))] = old


def _rename_model(call: ast.Call, app: App) -> None:
    old, new = _text(_argument(call, "old_name", 0)), _text(_argument(call, "new_name", 1))
    model = app.models.pop(old.lower(), None)
    if model is None:
        return
    if model.table == f"{app.label}_{old.lower()}":
        model.table = f"{app.label}_{new.lower()}"
    model.name = new
    app.models[new.lower()] = model


def _fields(nodes: Iterable[ast.expr]) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes:
        parts = _elements(node)
        if len(parts) == 2 and isinstance(parts[1], ast.Call):
            yield _text(parts[0]), parts[1]


def _column(name: str, call: ast.Call) -> str:
    """Return the column of a field, '' for one that has none."""
    own = next((_text(each.value) for each in call.keywords if each.arg == "db_column"), "")
    if _called(call).endswith("ManyToManyField"):
        return ""
    points = any(each.arg == "to" for each in call.keywords)
    return own or (f"{name}_id" if points else name)


def _argument(call: ast.Call, name: str, place: int) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == name), None)
    return named or (call.args[place] if len(call.args) > place else None)


def _option(node: ast.expr | None, name: str) -> str:
    if not isinstance(node, ast.Dict):
        return ""
    return next((_text(value) for key, value in zip(node.keys, node.values, strict=True) if _text(key) == name), "")


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _elements(node: ast.expr | None) -> Sequence[ast.expr]:
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else ()


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
