"""Units → revisions of Alembic."""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from backend_architect.tune.frameworks.model import Stamp, Unit
from backend_architect.tune.frameworks.quoting import comment, python, python_list, sqlalchemy_text
from backend_architect.tune.frameworks.units import without_guard
from backend_architect.tune.indexes.model import NewIndex, NewKey

REVISION = 12  # digits, as Alembic's own


def render_alembic(units: Sequence[Unit], folder: Path, stamp: Stamp) -> dict[Path, str]:
    """Return the files by path; `folder` is that of the versions."""
    known = list(_revisions(folder))
    names = [path.name for path in folder.glob("*.py")]
    before = {name for _, down in known for name in down}
    down = sorted(revision for revision, _ in known if revision not in before)
    files = {}
    for unit in units:
        if any(unit.digest in name for name in names):
            continue
        revision = hashlib.sha256(f"{unit.digest} {down}".encode()).hexdigest()[:REVISION]
        files[folder / f"{revision}_tune_{unit.digest}.py"] = _file(unit, revision, down, stamp)
        down = [revision]
    return files


def _revisions(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each revision with those that it follows."""
    for path in sorted(folder.glob("*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue
        values = dict(_values(tree))
        if isinstance(revision := values.get("revision"), str):
            down = values.get("down_revision")
            yield revision, tuple(down) if isinstance(down, (tuple, list)) else (str(down),) if down else ()


def _values(tree: ast.Module) -> Iterator[tuple[str, object]]:
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}:
                with suppress(ValueError):
                    yield target.id, ast.literal_eval(node.value)


def _file(unit: Unit, revision: str, down: Sequence[str], stamp: Stamp) -> str:
    follows = "None" if not down else python(down[0]) if len(down) == 1 else f"({', '.join(map(python, down))})"
    lines = [
        comment(stamp.head, "#"),
        comment(unit.title, "#"),
        *(comment(why, "#") for why in unit.why),
        "# With context.configure(transaction_per_migration=True) in env.py, what stands before it is not half done.",
        "",
        "import sqlalchemy as sa",
        "from alembic import op",
        "",
        f"revision = {python(revision)}",
        f"down_revision = {follows}",
        "branch_labels = None",
        "depends_on = None",
        "",
        "",
        "def upgrade() -> None:",
        "    with op.get_context().autocommit_block():",
        *(f"        {line}" for line in _up(unit)),
        "",
        "",
        "def downgrade() -> None:",
    ]
    undo = list(_down(unit))
    lines += ["    with op.get_context().autocommit_block():", *(f"        {line}" for line in undo)] if undo else []
    return "\n".join([*lines, *([] if undo else ["    pass"]), ""])


def _up(unit: Unit) -> Iterator[str]:
    for step in unit.steps:
        if step.makes_index and unit.index:
            yield "# Also in __table_args__ of its model, or the next --autogenerate takes it back."
            yield from _create_index(unit.index, unit.index_name)
        else:
            sql = without_guard(step.sql.rstrip(";")) if unit.index else step.sql.rstrip(";")
            yield f"op.execute(sa.text({python(sqlalchemy_text(sql))}))"


def _down(unit: Unit) -> Iterator[str]:
    for step in reversed(unit.steps):
        if step.makes_index and unit.index:
            schema = f", schema={python(unit.index.schema)}" if unit.index.schema != "public" else ""
            yield (
                f"op.drop_index({python(unit.index_name)}, table_name={python(unit.index.table)}{schema}, "
                "postgresql_concurrently=True, if_exists=True)"
            )
        elif step.rollback:
            yield f"op.execute(sa.text({python(sqlalchemy_text(step.rollback.rstrip(';')))}))"


def _create_index(index: NewIndex, name: str) -> Iterator[str]:
    yield "op.create_index("
    yield f"    {python(name)},"
    yield f"    {python(index.table)},"
    yield f"    [{', '.join(_key(key) for key in index.keys)}],"
    if index.schema != "public":
        yield f"    schema={python(index.schema)},"
    if index.method != "btree":
        yield f"    postgresql_using={python(index.method)},"
    if index.included:
        yield f"    postgresql_include={python_list(index.included)},"
    if index.predicate:
        yield f"    postgresql_where=sa.text({python(sqlalchemy_text(index.predicate))}),"
    yield "    postgresql_concurrently=True,"
    yield ")"


def _key(key: NewKey) -> str:
    """Return a key: a column's name, or as SQL where it is more than that."""
    plain = key.column and key == NewKey(key.column)
    return python(key.column) if plain else f"sa.text({python(sqlalchemy_text(key.sql))})"
