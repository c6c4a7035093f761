"""Tables for a design that holds nothing yet: the columns and types of docs/design-file.md, and no more."""

from backend_architect.design.model import Design, Entity, Field, FieldType, Row
from backend_architect.oracle.scopes import quoted

TYPES = {
    FieldType.INTEGER: "bigint",
    FieldType.MONEY: "bigint",
    FieldType.DECIMAL: "numeric",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamptz",
    FieldType.DURATION: "interval",
    FieldType.UUID: "uuid",
    FieldType.JSON: "jsonb",
    FieldType.REFERENCE: "uuid",
}
"""Texts of all kinds are `text`."""
MAX_INTEGER = 2**31 - 1


def tables_sql(design: Design) -> str:
    """Return the SQL of a plain table for each entity and edge: no keys, no checks, so that any case can be stored."""
    return "\n".join(_table(row) for row in design.rows_by_plural.values())


def _table(row: Row) -> str:
    times = ["created_at timestamptz DEFAULT now()"]
    columns = [f"{quoted(item.column)} {_type(item)}" for item in row.fields.values()]
    if isinstance(row, Entity):
        columns, times = (
            ["id uuid DEFAULT gen_random_uuid()", *columns],
            [*times, "updated_at timestamptz DEFAULT now()"],
        )
    return f"CREATE TABLE {quoted(row.table)} ({', '.join([*columns, *times])});"


def _type(item: Field) -> str:
    if item.type is FieldType.LIST:
        return f"{TYPES.get(item.item or FieldType.TEXT, 'text')}[]"
    if item.type is FieldType.DECIMAL:
        return f"numeric({18 + item.scale}, {item.scale})"
    if (
        item.type is FieldType.INTEGER
        and item.max is not None
        and item.max <= MAX_INTEGER
        and (item.min or 0) >= -MAX_INTEGER
    ):
        return "integer"
    return TYPES.get(item.type, "text")
