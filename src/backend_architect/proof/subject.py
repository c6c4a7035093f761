"""The project to prove, read from its folder: by its layout, never by importing its code."""

import ast
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backend_architect.design import Design, load_design
from backend_architect.design.routes import Route, routes_of
from backend_architect.errors import FolderError, Problem

NEEDED = ("backend.yaml", "app/serve.py", "app/core/access.py", "migrations")
READ = ("app", "migrations", "tests")


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One row of an `access.py`: a route, its rule, and the status that each persona gets (None: it depends)."""

    method: str
    path: str
    rule: str
    answers: dict[str, int | None]
    file: str
    line: int


@dataclass(frozen=True)
class Subject:
    """A project's folder, its design and its access tables.

    `fingerprint` changes with anything that a proof depends on, `migrations` with the files of migrations/ alone.
    """

    folder: Path
    design: Design
    access: tuple[AccessRow, ...]
    fingerprint: str
    migrations: str

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every route that the design has."""
        return routes_of(self.design)


def read_subject(folder: Path) -> Subject:
    """Return the project in a folder.

    Raises FolderError when it does not follow the layout, and DesignError when its backend.yaml is wrong.
    """
    missing = [name for name in NEEDED if not (folder / name).exists()]
    if missing:
        problem = f"{folder} does not follow the layout of a built project ({', '.join(missing)} is missing)"
        raise FolderError(Problem("no-project", problem, "name the folder that was built"))
    design = load_design(folder / "backend.yaml").design
    personas = _personas(folder / "app" / "core" / "access.py")
    tables = sorted(path for path in (folder / "app").glob("*/access.py") if path.parent.name != "core")
    rows = tuple(row for path in tables for row in _access_rows(path, folder, personas))
    return Subject(folder, design, rows, _digest(folder, *READ), _digest(folder, "migrations"))


def _personas(path: Path) -> tuple[str, ...]:
    """Return the fields of `Access` after `route` and `rule`."""
    classes = [node for node in _tree(path).body if isinstance(node, ast.ClassDef) and node.name == "Access"]
    names = [
        item.target.id
        for node in classes
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    if names[:2] != ["route", "rule"]:
        raise _unreadable(path, 1, "it has no class Access with the fields route, rule and then the personas")
    return tuple(names[2:])


def _access_rows(path: Path, folder: Path, personas: tuple[str, ...]) -> list[AccessRow]:
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    rows = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Access"]
    return [_access_row(call, path, folder, personas) for call in sorted(rows, key=lambda call: call.lineno)]


def _access_row(call: ast.Call, path: Path, folder: Path, personas: tuple[str, ...]) -> AccessRow:
    names = ("route", "rule", *personas)
    try:
        given = dict(zip(names, (ast.literal_eval(value) for value in call.args), strict=False))
        given |= {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg}
        method, route = given["route"].split()
        answers = {persona: given.get(persona) for persona in personas}
    except (ValueError, KeyError, AttributeError) as error:
        raise _unreadable(path, call.lineno, "a row of the table is not written with plain values") from error
    return AccessRow(method, route, str(given.get("rule", "")), answers, str(path.relative_to(folder)), call.lineno)


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text())
    except (SyntaxError, ValueError, OSError) as error:
        raise _unreadable(path, getattr(error, "lineno", 1) or 1, str(error)) from error


def _unreadable(path: Path, line: int, why: str) -> FolderError:
    fix = 'write each row as Access("GET /v1/posts/{post_id}", "the rule", 401, 404, 200, 404)'
    return FolderError(Problem("unreadable-access", f"{path}:{line} cannot be read: {why}", fix))


def _digest(folder: Path, *names: str) -> str:
    """Return a digest of the texts in some of the project's folders, and of its design."""
    digest = hashlib.sha256()
    files = [folder / "backend.yaml"]
    for name in names:
        files += sorted(path for path in (folder / name).rglob("*") if path.suffix in {".py", ".sql", ".txt"})
    for path in files:
        digest.update(f"{path.relative_to(folder)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
