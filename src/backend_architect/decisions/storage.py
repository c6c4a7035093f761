"""How many bytes the declared rows take: tuples, primary keys, and the indexes that references and uniqueness need."""

from dataclasses import dataclass

from backend_architect.design.model import Design, Edge, Entity, Field, FieldType

TUPLE_BYTES = 28
"""PostgreSQL 18 manual, database page layout: a 23-byte header, aligned to 24, and a 4-byte item pointer."""
INDEX_ENTRY_BYTES = 12
"""An 8-byte index tuple header and a 4-byte item pointer."""
UUID_BYTES, TIME_BYTES = 16, 8
FILL = 1.3
"""Judgement: dead rows and half-full pages add some 30 percent."""
DOCUMENT_BYTES, KEY_BYTES, LIST_ITEMS = 1_000, 100, 4
"""Judgement: an ordinary free-form document, the object-store key of a file, and the items of a list."""

FIXED_BYTES: dict[FieldType, int] = {
    FieldType.INTEGER: 8,
    FieldType.MONEY: 8,
    FieldType.DECIMAL: 10,
    FieldType.BOOLEAN: 1,
    FieldType.DATE: 4,
    FieldType.TIMESTAMP: 8,
    FieldType.DURATION: 16,
    FieldType.UUID: 16,
    FieldType.REFERENCE: 16,
    FieldType.JSON: DOCUMENT_BYTES,
    FieldType.FILE: KEY_BYTES,
    FieldType.ONE_OF: 10,
    FieldType.SLUG: 16,
    FieldType.EMAIL: 26,
    FieldType.URL: 80,
}


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table's declared rows and the bytes that they take with their indexes."""

    plural: str
    rows: int
    bytes: float


def estimate_storage(design: Design) -> tuple[TableSize, ...]:
    """Return the size of every table, largest first."""
    sizes = [_table_size(design, row) for row in design.rows_by_plural.values()]
    return tuple(sorted(sizes, key=lambda t: (-t.bytes, t.plural)))


def field_bytes(field: Field) -> int:
    """Return the width of an ordinary value: a quarter of the longest text, 200 bytes where no length is given."""
    if field.type is FieldType.TEXT:
        return int(field.max / 4) + 1 if field.max else 200
    if field.type is FieldType.LIST:
        return 24 + LIST_ITEMS * FIXED_BYTES.get(field.item or FieldType.SLUG, 20)
    return FIXED_BYTES[field.type]


def json_bytes(design: Design) -> float:
    """Return the bytes of all free-form documents."""
    return float(
        sum(
            design.declared_rows(row.plural) * DOCUMENT_BYTES
            for row in design.rows_by_plural.values()
            for f in row.fields.values()
            if f.type is FieldType.JSON
        )
    )


def id_copies(row: Entity | Edge) -> int:
    """Return how many times ids stand in a row and in its indexes: its own and each reference, both indexed."""
    own = 0 if isinstance(row, Edge) else 2
    return own + 2 * len(row.references)


def _table_size(design: Design, row: Entity | Edge) -> TableSize:
    rows = design.declared_rows(row.plural)
    implied = TIME_BYTES if isinstance(row, Edge) else UUID_BYTES + 2 * TIME_BYTES
    width = TUPLE_BYTES + implied + sum(field_bytes(f) for f in row.fields.values())
    keyed = [field_bytes(f) for f in row.fields.values() if f.unique]
    keyed += [UUID_BYTES + UUID_BYTES] * len(row.references) + ([] if isinstance(row, Edge) else [UUID_BYTES])
    return TableSize(row.plural, rows, rows * FILL * (width + sum(INDEX_ENTRY_BYTES + k for k in keyed)))
