"""What an action takes, as a row that its expressions see beside their own."""

from backend_architect.design.model import Entity, Field, FieldType, RowAction
from backend_architect.oracle.scopes import TAKES, RowScope, quoted

TYPES = {
    FieldType.INTEGER: "bigint",
    FieldType.MONEY: "bigint",
    FieldType.DECIMAL: "numeric",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamptz",
    FieldType.DURATION: "interval",
    FieldType.UUID: "uuid",
    FieldType.REFERENCE: "uuid",
}


def taken_scope(action: RowAction) -> tuple[RowScope, ...]:
    """Return the row of what an action takes, if it takes anything."""
    row = Entity(action.name, TAKES, action.takes)
    return (RowScope(row, quoted(TAKES), quoted(TAKES), None),) if action.takes else ()


def taken_source(action: RowAction, sent: str) -> str:
    """Return what stands behind FROM, so that the names are there: `sent` is the body as jsonb, by columns."""
    if not action.takes:
        return ""
    values = (f"({sent}->>'{item.column}')::{_type(item)} AS {quoted(item.name)}" for item in action.takes.values())
    return f", LATERAL (SELECT {', '.join(values)}) AS {quoted(TAKES)}"


def _type(item: Field) -> str:
    return TYPES.get(item.type, "text")
