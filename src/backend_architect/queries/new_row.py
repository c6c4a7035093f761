"""The row that a write would store, as a row that rules can be asked of before it is stored."""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from backend_architect.design.model import Entity, Field, FieldType, Row
from backend_architect.design.postgres_types import column_type
from backend_architect.queries.text import StatementText

NEW = "new"
"""The row that a creation would store."""
CHANGED = "changed"
"""The row as an update would leave it; `new` is PostgreSQL's own word where an UPDATE returns its rows."""


def new_columns(*trees: exp.Expr, alias: str = NEW) -> set[str]:
    """Return the columns of the new row that conditions or values read."""
    return {node.name for tree in trees for node in tree.find_all(exp.Column) if node.table == alias}


def in_layers(computed: Mapping[str, exp.Expr], alias: str) -> list[list[str]]:
    """Return the computed columns in groups: each reads only what stands in the groups before it."""
    layers: list[list[str]] = []
    ahead = dict(computed)
    while ahead:
        ready = [name for name, tree in ahead.items() if not new_columns(tree, alias=alias) & (ahead.keys() - {name})]
        layers.append(ready or list(ahead))  # a circle is refused by the check, and ends here
        ahead = {name: tree for name, tree in ahead.items() if name not in layers[-1]}
    return layers


def select_new(
    statement: StatementText, given: Sequence[str], computed: Mapping[str, exp.Expr], column: int, alias: str = NEW
) -> str:
    """Return the SELECT of the new row: what is given, and around it what is computed from that."""
    pad = " " * column
    text = f"SELECT\n{pad}    " + f",\n{pad}    ".join(given)
    for layer in in_layers(computed, alias):
        values = f",\n{pad}    ".join(f"{statement.rule(computed[name], column + 4)} AS {name}" for name in layer)
        inner = text.replace("\n", "\n    ")
        text = f"SELECT\n{pad}    {alias}.*,\n{pad}    {values}\n{pad}FROM (\n{pad}    {inner}\n{pad}) AS {alias}"
    return text


def absent_value(row: Row, name: str) -> str:
    """Return the SQL of a column that no client sends and no expression sets, as it is in a row that is new."""
    item = next((item for item in row.fields.values() if item.column == name), None)
    if item is not None:
        return f"{default_sql(item) or 'NULL'}::{column_type(item)} AS {name}"
    if name in {"created_at", "updated_at"}:
        return f"now() AS {name}"
    is_count = isinstance(row, Entity) and name.removesuffix("_count") in row.counts
    return f"0::bigint AS {name}" if is_count else f"NULL::uuid AS {name}"


def default_sql(item: Field) -> str | None:
    """Return the SQL of a field's default, None where it has none."""
    value = item.default
    if value is None:
        return "'{}'" if item.type is FieldType.LIST and not item.optional else None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    is_now = value in {"now", "now()"} and item.type is FieldType.TIMESTAMP
    return "now()" if is_now else "'" + value.replace("'", "''") + "'"
