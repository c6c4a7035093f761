"""A valid value of each field, as a client would send it in JSON."""

from backend_architect.design.model import Field, FieldType

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
