"""Every SQL statement of a project, read from its own files, by hand edited or not."""

import ast
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from pglast.parser import ParseError, scan

from backend_architect.proof.lab import Lab
from backend_architect.proof.named_parameters import numbered
from backend_architect.proof.plans.constants import Module, Sources, Unresolved
from backend_architect.sql.parsing import is_plannable
from backend_architect.sql.statement_facts import tree_of

RUNS = frozenset({"fetch", "fetchrow", "fetchval", "execute", "executemany", "fetchmany", "cursor", "prepare"})
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH")
IMPORT = """
import importlib, json, sys
found = {}
for module, name in json.loads(sys.argv[1]):
    try:
        value = getattr(importlib.import_module(module), name)
    except Exception as error:
        value = None
    found[f"{module}.{name}"] = value if isinstance(value, str) else None
print(json.dumps(found))
"""
IMPORT_SECONDS = 30
_READ: WeakKeyDictionary[Lab, "ProjectStatements"] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class ProjectStatement:
    """One statement: its name (`posts.read`, else its place), and the file and line that hold it."""

    name: str
    sql: str
    file: str
    line: int

    @property
    def place(self) -> str:
        """Return where the statement stands."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that looks like a statement, and depends on what is only known when it runs."""

    file: str
    line: int
    because: str


@dataclass(frozen=True, slots=True)
class ProjectStatements:
    """All statements of a project, and those that could not be read."""

    statements: tuple[ProjectStatement, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """An expression that makes a text; `constant` is the name that it has at the top of its module, '' elsewhere."""

    module: Module
    node: ast.expr
    constant: str


def read_statements(lab: Lab) -> ProjectStatements:
    """Return every statement of the project's app/; a constant that only running makes is asked of its Python."""
    if lab not in _READ:
        _READ[lab] = _read(lab)
    return _READ[lab]


def _read(lab: Lab) -> ProjectStatements:
    sources = Sources(lab.subject.folder)
    parts = {name for module in sources.modules.values() for name in _parts(module)}
    statements: list[ProjectStatement] = []
    open_texts: list[tuple[_Text, str]] = []
    for module in (module for module in sources.modules.values() if any(verb in module.text for verb in VERBS)):
        for text in _texts(module):
            try:
                sql = numbered(sources.resolve(module, text.node))
            except (Unresolved, TypeError, ValueError, LookupError) as error:
                if _looks_like_sql(text.node):
                    open_texts.append((text, str(error)))
                continue
            if _is_statement(sql) and not (text.constant in parts and not _name_in(sql)):
                statements.append(_statement(text, sql))
    made, unread = _ask_python(lab, open_texts)
    return ProjectStatements(_distinct([*statements, *made]), tuple(unread))


def _texts(module: Module) -> Iterator[_Text]:
    """Give each whole expression that makes a text: constants of the module, and what stands inside its functions."""
    tops = {id(node): name for name, node in module.values.items()}
    skipped = {id(node) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    waiting: list[ast.AST] = [module.tree]
    while waiting:
        node = waiting.pop()
        if id(node) in skipped and isinstance(getattr(node, "value", None), ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.expr) and (_makes_text(node)):
            yield _Text(module, node, tops.get(id(node), ""))
            continue
        waiting += ast.iter_child_nodes(node)


def _makes_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return isinstance(node.value, str)
        case ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return _makes_text(node.left) or _makes_text(node.right)
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace" | "strip", value=value)):
            return _makes_text(value)
    return False


def _parts(module: Module) -> Iterator[str]:
    """Give the names that stand inside other texts: pieces of statements, no statements themselves."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
            yield node.value.id


def _looks_like_sql(node: ast.expr) -> bool:
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    whole = " ".join(texts).lstrip()
    first = whole.split(None, 1)[0] if whole else ""
    return (first in VERBS and len(whole.split()) > 1) or bool(_name_in(whole))


def _ask_python(lab: Lab, texts: list[tuple[_Text, str]]) -> tuple[list[ProjectStatement], list[Unread]]:
    """Return the statements that importing their modules makes, and those that it does not make either."""
    wanted = [(text.module.name, text.constant) for text, _ in texts if text.constant]
    values = _imported(lab, wanted) if wanted else {}
    made, unread = [], []
    for text, because in texts:
        sql = numbered(values.get(f"{text.module.name}.{text.constant}") or "")
        if sql and _is_statement(sql):
            made.append(_statement(text, sql))
        else:
            unread.append(Unread(text.module.file, text.node.lineno, because))
    return made, unread


def _imported(lab: Lab, wanted: list[tuple[str, str]]) -> dict[str, str | None]:
    place = lab.place(lab.server.url())
    command = [str(place.python), "-c", IMPORT, json.dumps(wanted)]
    done = subprocess.run(
        command, cwd=place.folder, env=place.environment, capture_output=True, text=True, timeout=IMPORT_SECONDS,
        check=False,
    )  # fmt: skip
    try:
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except (ValueError, IndexError):
        return {}


def _statement(text: _Text, sql: str) -> ProjectStatement:
    fallback = text.constant or f"{text.module.file}:{text.node.lineno}"
    return ProjectStatement(_name_in(sql) or fallback, sql.strip(), text.module.file, text.node.lineno)


def _name_in(sql: str) -> str:
    """Return the name that stands in a statement's first comment."""
    try:
        token = next((token for token in scan(sql) if token.name == "C_COMMENT"), None)
    except (ParseError, ValueError):
        return ""
    name = sql.encode()[token.start : token.end + 1].decode().strip("/* ") if token else ""
    return "" if " " in name else name


def _distinct(statements: list[ProjectStatement]) -> tuple[ProjectStatement, ...]:
    """Return each text once, in the order of files and lines."""
    ordered = sorted(statements, key=lambda statement: (statement.file, statement.line))
    return tuple({statement.sql: statement for statement in reversed(ordered)}.values())[::-1]


def _is_statement(text: str) -> bool:
    """Return whether a text is one statement that reads or writes rows."""
    return len(text.split()) > 1 and is_plannable(tree_of(text))
