"""Rows for generated designs: few values of each type, so that many are equal, and null wherever it may be."""

import json
from uuid import UUID

from backend_architect.design.model import Design, Entity, Field, FieldType, Row
from tests.oracle.expressions import Choose, pick

Rows = dict[str, list[dict[str, object]]]

VALUES: dict[FieldType, tuple[object, ...]] = {
    FieldType.INTEGER: (0, 1, 2, 7, -3), FieldType.MONEY: (0, 1, 99, 100), FieldType.DECIMAL: ("0.50", "1.25", "-2"),
    FieldType.BOOLEAN: (True, False), FieldType.DATE: ("2001-01-31", "2999-12-31"),
    FieldType.TIMESTAMP: ("2001-01-01T12:00:00Z", "2001-01-31T00:00:00Z", "2999-01-01T00:00:00Z"),
    FieldType.DURATION: ("1 day", "24 hours", "90 minutes", "-1 hour"), FieldType.JSON: ({"a": 1}, {}),
    FieldType.LIST: (["a"], []), FieldType.ONE_OF: ("draft", "placed"),
}  # fmt: skip
TEXTS = ("a", "A%", "draft", "it's", "abc", "T")
ROWS = 3


def identity(row: Row, number: int) -> str:
    """Return the id of the row of a kind with this number."""
    return str(UUID(int=(len(row.name) << 64) + sum(map(ord, row.name)) * 1000 + number))


def make_rows(choose: Choose, design: Design) -> Rows:
    """Return the rows of each table, as values by column."""
    return {
        plural: [_row(choose, design, row, number) for number in range(ROWS)]
        for plural, row in design.rows_by_plural.items()
    }


def _row(choose: Choose, design: Design, row: Row, number: int) -> dict[str, object]:
    values = {item.column: _value(choose, design, item) for item in row.fields.values()}
    created = f"{pick(choose, (2001, 2999))}-01-0{number + 1}T12:00:00Z"
    own = {"id": identity(row, number), "updated_at": created} if isinstance(row, Entity) else {}
    return {**values, **own, "created_at": created}


def _value(choose: Choose, design: Design, item: Field) -> object:
    if item.optional and choose(3) == 0:
        return None
    if item.to:
        return identity(design.entities[item.to], choose(ROWS))
    if item.type is FieldType.UUID:
        return identity(design.entities["user"], choose(2))
    return pick(choose, VALUES.get(item.type, TEXTS))


def rows_sql(design: Design, rows: Rows) -> str:
    """Return the SQL that stores the rows."""
    parts = []
    for plural, values in rows.items():
        text = json.dumps(values).replace("'", "''")
        table = design.rows_by_plural[plural].table
        parts.append(f"""INSERT INTO "{table}" SELECT * FROM jsonb_populate_recordset(NULL::"{table}", '{text}');""")
    return "\n".join(parts)
