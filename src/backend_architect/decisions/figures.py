"""Numbers as people say them: 20 M, 1.2 GB, 0.83 cores."""

SINGULAR = {
    "API processes": "API process",
    "connections": "connection",
    "counts": "count",
    "cores": "core",
    "entities": "entity",
    "events": "event",
    "fields": "field",
    "groups": "group",
    "kinds": "kind",
    "free-form fields": "free-form field",
    "lists": "list",
    "named lists": "named list",
    "parts": "part",
    "processes": "process",
    "providers": "provider",
    "relations": "relation",
    "ways": "way",
}
SCALES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def short(value: float) -> str:
    """Return a number in at most three digits and a scale: 200_000_000 → `200M`."""
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{_digits(value / (1e3 if letter == 'k' else size))}{letter}"
    return _digits(value)


def size(value: float) -> str:
    """Return bytes in decimal units: 1_200_000_000 → `1.2 GB`."""
    for scale, letter in SCALES:
        if abs(value) >= scale:
            return f"{_digits(value / scale)} {letter}B"
    return f"{_digits(value)} B"


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit; bytes are scaled, `/s` and `%` stand without a space, one core is no cores."""
    if unit == "bytes":
        return size(value)
    if unit == "%":
        return f"{_digits(value)}%"
    if unit.startswith("/"):
        return f"{short(value)}{unit}"
    return f"{short(value)} {SINGULAR.get(unit, unit) if value == 1 else unit}".rstrip()


def _digits(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"
