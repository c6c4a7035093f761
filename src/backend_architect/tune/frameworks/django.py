"""Units → migrations of Django: each in the app whose table it changes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from backend_architect.errors import DatabaseError, Problem
from backend_architect.tune.frameworks.django_index import DjangoIndex, django_index
from backend_architect.tune.frameworks.django_models import App, Model, read_apps
from backend_architect.tune.frameworks.model import Stamp, Unit
from backend_architect.tune.frameworks.quoting import comment, python
from backend_architect.tune.frameworks.units import without_guard

OPERATIONS = "django.contrib.postgres.operations"


def render_django(units: Sequence[Unit], folder: Path, stamp: Stamp) -> dict[Path, str]:
    """Return the files by path. `folder` is a project, or one app's folder of migrations.

    Raises DatabaseError where it holds no app with migrations.
    """
    apps = read_apps(folder)
    if not apps:
        fix = "give the folder of the project, or shop/migrations of the app shop"
        raise DatabaseError(Problem("no-migrations-folder", f"{folder} holds no app with migrations", fix))
    files: dict[Path, str] = {}
    last = {app.label: list(app.leaves) for app in apps}
    for number, unit in _numbered(units, apps):
        app, model = _home(unit, apps)
        if any(unit.digest in name for name in app.names):
            continue
        name = f"{number[app.label]:04}_tune_{unit.digest}"
        number[app.label] += 1
        files[app.folder / f"{name}.py"] = _file(unit, app, model, last[app.label], stamp)
        last[app.label] = [name]
    return files


def _numbered(units: Iterable[Unit], apps: Iterable[App]) -> Iterator[tuple[dict[str, int], Unit]]:
    next_number = {app.label: max(map(_number, app.names), default=0) + 1 for app in apps}
    for unit in units:
        yield next_number, unit


def _number(name: str) -> int:
    match = re.match(r"\d+", name)
    return int(match[0]) if match else 0


def _home(unit: Unit, apps: Sequence[App]) -> tuple[App, Model | None]:
    """Return the app that a unit belongs to, the first where none has its table, and the model of the table."""
    first = unit.steps[0]
    for app in apps:
        model = app.by_table().get(first.table)
        if model is not None and first.schema == "public":
            return app, model
    return apps[0], None


def _file(unit: Unit, app: App, model: Model | None, after: Sequence[str], stamp: Stamp) -> str:
    index = django_index(unit.index, model.field_by_column) if unit.index and model else None
    imports: dict[str, set[str]] = {"django.db": {"migrations", "models"} if index else {"migrations"}}
    if index:
        imports.setdefault(OPERATIONS, set()).add("AddIndexConcurrently")
        for module, name in index.imports:
            imports.setdefault(module, set()).add(name)
    lines = [comment(stamp.head, "#"), comment(f"{unit.title}", "#")]
    lines += [comment(why, "#") for why in unit.why]
    lines += ["", *_imports(imports), "", "", "class Migration(migrations.Migration):"]
    lines += ["    atomic = False  # what runs CONCURRENTLY runs in no transaction", "", "    dependencies = ["]
    lines += [f"        ({python(app.label)}, {python(name)})," for name in after]
    lines += ["    ]", "", "    operations = ["]
    lines += [f"        {line}" for line in (*_operations(unit, model, index),)]
    return "\n".join([*lines, "    ]", ""])


def _imports(imports: Mapping[str, set[str]]) -> list[str]:
    return [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]


def _operations(unit: Unit, model: Model | None, index: DjangoIndex | None) -> Iterator[str]:
    for step in unit.steps:
        if index and model and step.makes_index:
            yield f"# Also in {model.name}.Meta.indexes, or the next makemigrations takes it back."
            yield "AddIndexConcurrently("
            yield f"    model_name={python(model.name.lower())},"
            yield f"    index={index.code},"
            yield "),"
            continue
        backward = python(step.rollback.rstrip(";")) if step.rollback else "migrations.RunSQL.noop"
        yield "migrations.RunSQL("
        yield f"    {python(without_guard(step.sql.rstrip(';')) if unit.index else step.sql.rstrip(';'))},"
        yield f"    {backward},"
        yield "),"
