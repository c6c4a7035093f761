"""Sample values of fields as Python source: for tests and examples."""

from datetime import UTC, date, datetime
from textwrap import wrap

from backend_architect.design.model import Field, FieldType
from backend_architect.design.samples import sample

PYTHON_SOURCE = {
    FieldType.DECIMAL: 'Decimal("1.5")',
    FieldType.DATE: "date(2030, 1, 31)",
    FieldType.TIMESTAMP: "datetime(2030, 1, 31, 12, tzinfo=UTC)",
    FieldType.DURATION: "timedelta(hours=1, minutes=30)",
    FieldType.UUID: 'UUID("01890a5d-ac96-774b-bcce-b302099a8057")',
    FieldType.JSON: '\'{"key": "value"}\'',
}


def sample_source(item: Field, *, json: bool = False) -> str:
    """Return a sample value as Python source: of the column's type, or as the body of a request holds it."""
    if not json and item.default is not None:
        return default_source(item)
    if not json and item.type is FieldType.LIST:
        return f"[{', '.join([sample_source(item.each)] * max(1, int(item.min or 0)))}]"
    if not json and item.type in PYTHON_SOURCE:
        return PYTHON_SOURCE[item.type]
    return _quoted(sample(item))


def default_source(item: Field) -> str:
    """Return a field's default as Python source of the type that the field has in Python."""
    value = item.default
    if item.type is FieldType.DECIMAL:
        return f'Decimal("{value}")'
    if item.type is FieldType.DATE:
        day = date.fromisoformat(str(value))
        return f"date({day.year}, {day.month}, {day.day})"
    if item.type is FieldType.TIMESTAMP:
        at = datetime.fromisoformat(str(value)).astimezone(UTC)
        return f"datetime({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}, tzinfo=UTC)"
    if item.type is FieldType.UUID:
        return f'UUID("{value}")'
    return _quoted(value)


def python_string(text: str, *, width: int = 100) -> str:
    """Return a text as Python source, in several adjacent literals where it is longer than `width`."""
    if len(text) <= width:
        return _quoted(text)
    lines = wrap(text, width, break_long_words=False, break_on_hyphens=False, drop_whitespace=False)
    return "(" + " ".join(_quoted(line) for line in lines) + ")"


def _quoted(value: object) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)
