"""A valid value of each field, as a client would send it in JSON."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend_architect.design.distinguishing_fields import bounds_of_number, frame_of_text
from backend_architect.design.model import Field, FieldType

FIRST = datetime(2030, 1, 31, 12, tzinfo=UTC)

SAMPLES: dict[FieldType, object] = {
    FieldType.TEXT: "Hello",
    FieldType.SLUG: "ada",
    FieldType.EMAIL: "ada@example.com",
    FieldType.URL: "https://example.com",
    FieldType.INTEGER: 1,
    FieldType.MONEY: 1999,
    FieldType.DECIMAL: "1.5",
    FieldType.BOOLEAN: False,
    FieldType.DATE: "2030-01-31",
    FieldType.TIMESTAMP: "2030-01-31T12:00:00+00:00",
    FieldType.DURATION: "PT1H30M",
    FieldType.UUID: "01890a5d-ac96-774b-bcce-b302099a8057",
    FieldType.JSON: {"key": "value"},
    FieldType.FILE: "uploads/example.png",
}


def sample(item: Field) -> object:
    """Return a value of the field as a client would send it in JSON."""
    if item.default is not None:
        return item.default
    if item.type is FieldType.ONE_OF:
        return item.choices[0]
    if item.type is FieldType.LIST:
        return [SAMPLES[item.item or FieldType.TEXT]] * max(1, int(item.min or 0))
    value = SAMPLES.get(item.type, "Hello")
    if isinstance(value, int) and not isinstance(value, bool):
        low = value if item.min is None else max(value, int(item.min))
        return low if item.max is None else min(low, int(item.max))
    if item.type in {FieldType.TEXT, FieldType.SLUG}:
        low, high = item.length
        return str(value).ljust(low, "a")[:high]
    return value


def numbered_sample(item: Field, number: int) -> object:
    """Return a value of the field as JSON holds it, another one for each `number` as far as there are others."""
    if item.type in {FieldType.INTEGER, FieldType.MONEY}:
        low, many = bounds_of_number(item)
        return low + (number if many is None else number % many)
    made: dict[FieldType, object] = {
        FieldType.DECIMAL: str(number),
        FieldType.EMAIL: f"person{number}@example.com",
        FieldType.URL: f"https://example.com/{number}",
        FieldType.UUID: str(UUID(int=number)),
        FieldType.DATE: str(FIRST.date() + timedelta(days=number)),
        FieldType.TIMESTAMP: (FIRST + timedelta(hours=number)).isoformat(),
        FieldType.DURATION: f"PT{number}M",
    }
    if item.type in {FieldType.TEXT, FieldType.SLUG}:
        start, digits = frame_of_text(item)
        return f"{start}{number % 10 ** (item.length[1] - len(start)):0{digits}}"
    return made.get(item.type, sample(item))
