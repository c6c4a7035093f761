"""Fields that a client may suddenly send: what the server sets, and what only a creation takes."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.mutation.python_text import PythonText
from backend_architect.proof.mutation.sql_text import SqlText
from backend_architect.proof.mutation.weakening import Edit, Weakening

CALLER = re.compile(r":(\w+)::uuid AS (\w+)")
Form = tuple[PythonText, PythonText, ast.ClassDef]
"""The module of the statements, that of the models, and the model of what clients send."""
STAMP = re.compile(r"\n\s+updated_at = now\(\)")


def taken_from_clients(queries: PythonText, schemas: PythonText, texts: list[SqlText]) -> Iterator[Weakening]:
    """Give each owner that a creation takes from its body, and each column that a change takes beside its list."""
    for sql in texts:
        call = _call_with(queries, sql.constant)
        if call is None or sql.constant not in {"CREATE", "UPDATE"}:
            continue
        if sql.constant == "CREATE":
            yield from _set_me(queries, schemas, sql, call)
        else:
            yield from _more_changes(queries, schemas, sql, call)


def _set_me(queries: PythonText, schemas: PythonText, sql: SqlText, call: ast.Call) -> Iterator[Weakening]:
    model, given = _model(schemas, "New"), {each.arg: queries.text(each.value) for each in call.keywords}
    for found in CALLER.finditer(sql.text):
        name, column = found[1], found[2]
        if model is None or given.get(name) != "me.id":
            continue
        new = f"coalesce(:sent_{column}::uuid, :{name}::uuid) AS {column}"
        edit = Edit(sql.file, sql.start + found.start(), sql.start + found.end(), new)
        yield _sent(
            (queries, schemas, model), call, edit, f"new.{column}", f"a creation takes {column} from the client"
        )


def _more_changes(queries: PythonText, schemas: PythonText, sql: SqlText, call: ast.Call) -> Iterator[Weakening]:
    model = _model(schemas, "Changes")
    creation = re.search(r"INSERT INTO \w+ \(([^)]*)\)", queries.source)
    stamp = STAMP.search(sql.text)
    if model is None or creation is None or stamp is None:
        return
    fields = {
        item.target.id for item in model.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }
    for column in [name.strip() for name in creation[1].split(",")]:
        if column.endswith("_id") and column not in fields:
            new = f"\n        {column} = coalesce(:sent_{column}::uuid, {column}),{stamp[0]}"
            edit = Edit(sql.file, sql.start + stamp.start(), sql.start + stamp.end(), new)
            what = f"a change takes {column} from the client"
            yield _sent((queries, schemas, model), call, edit, f"changes.{column}", what)


def _sent(form: Form, call: ast.Call, edit: Edit, value: str, what: str) -> Weakening:
    """Return the weakening: the statement's edit, the value handed to it, and the field in the model."""
    queries, schemas, model = form
    name = value.rpartition(".")[2]
    _, end = queries.span([*call.args, *(each.value for each in call.keywords)][-1])
    handed = Edit(queries.file, end, end, f", sent_{name}={value}")
    only_documented = len(model.body) == 1
    start, after = schemas.span(model.body[0 if only_documented else 1])
    if only_documented:
        field = Edit(schemas.file, after, after, f"\n    {name}: UUID | None = None")
    else:
        field = Edit(schemas.file, start, start, f"{name}: UUID | None = None\n    ")
    _, top = schemas.span(schemas.tree.body[0])
    imported = Edit(schemas.file, top, top, "\nfrom uuid import UUID\n")
    edits = (edit, handed, field) if "import UUID" in schemas.source else (edit, handed, field, imported)
    return Weakening("taken-from-client", edit.file, queries.source.count("\n", 0, edit.start) + 1, what, edits)


def _model(schemas: PythonText, part: str) -> ast.ClassDef | None:
    """Return the model of what clients send to create (`New…`) or to change (`…Changes`)."""
    models = [node for node in schemas.tree.body if isinstance(node, ast.ClassDef)]
    return next((m for m in models if m.name.startswith(part) or m.name.endswith(part)), None)


def _call_with(queries: PythonText, constant: str) -> ast.Call | None:
    """Return the call that runs a statement."""
    for node in queries.walk(ast.Call):
        assert isinstance(node, ast.Call)
        if node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == constant:
            return node
    return None


def renumbered(found: Weakening, source: str) -> Weakening:
    """Return the weakening with the line that its first edit is in."""
    return replace(found, line=source.count("\n", 0, found.edits[0].start) + 1)
