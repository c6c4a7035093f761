"""What an action takes, as a row that its expressions see beside their own."""

from backend_architect.design.model import Entity, RowAction
from backend_architect.oracle.scopes import TAKES, RowScope, quoted
from backend_architect.oracle.tables import TYPES


def taken_scope(action: RowAction) -> tuple[RowScope, ...]:
    """Return the row of what an action takes, if it takes anything."""
    row = Entity(action.name, TAKES, action.takes)
    return (RowScope(row, quoted(TAKES), quoted(TAKES), None),) if action.takes else ()


def taken_source(action: RowAction, sent: str) -> str:
    """Return what stands behind FROM, so that the names are there: `sent` is the body as jsonb, by columns."""
    if not action.takes:
        return ""
    values = (
        f"({sent}->>'{item.column}')::{TYPES.get(item.type, 'text')} AS {quoted(item.name)}"
        for item in action.takes.values()
    )
    return f", LATERAL (SELECT {', '.join(values)}) AS {quoted(TAKES)}"
