"""A default is a value that its own field would take."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from backend_architect.design.check.paths import fields_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import TEXTUAL, Field, FieldType, Scalar
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a_type
from backend_architect.errors import Problem

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
WITHOUT_DEFAULT = frozenset({FieldType.JSON, FieldType.LIST, FieldType.FILE, FieldType.REFERENCE, FieldType.DURATION})


def check_defaults(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `wrong-default`, and `set-and-default` where one of both would never be used."""
    for path, _, item in fields_with_paths(loaded.design):
        if item.default is None:
            continue
        where = f"{path}.default"
        if item.set is not None:
            message = f"`{item.name}` is set by the server always, so its default is never used"
            yield loaded.problem("set-and-default", where, message, "keep `set` or `default`")
        if item.unique:
            message = "a default repeats, and this field is unique"
            yield loaded.problem("wrong-default", where, message, "remove `default`")
        said = why_not(item, item.default)
        if said:
            yield loaded.problem("wrong-default", where, *said)


def why_not(item: Field, value: Scalar) -> tuple[str, str] | None:
    """Return why `value` does not fit into a field, and the fix; None when it does."""
    shown = str(value).lower() if isinstance(value, bool) else value
    if item.type in WITHOUT_DEFAULT:
        return f"{a_type(item.type)} takes no such value", "leave it out"
    if item.type is FieldType.ONE_OF:
        if value in item.choices:
            return None
        return f"`{shown}` is not one of its choices", did_you_mean(str(value), item.choices)
    if not _has_type(item, value):
        return f"`{shown}` is not {a_type(item.type)}", _written(item.type)
    return _out_of_bounds(item, value)


def _has_type(item: Field, value: Scalar) -> bool:
    if item.type is FieldType.BOOLEAN:
        return isinstance(value, bool)
    if item.type in {FieldType.INTEGER, FieldType.MONEY}:
        return isinstance(value, int) and not isinstance(value, bool)
    if item.type is FieldType.DECIMAL:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and _is_text_of(item.type, value)


def _is_text_of(kind: FieldType, text: str) -> bool:
    if kind is FieldType.SLUG:
        return bool(SLUG.match(text))
    if kind is FieldType.EMAIL:
        return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None
    if kind is FieldType.URL:
        return re.fullmatch(r"https?://[^\s/]+\S*", text) is not None
    try:
        _READERS.get(kind, str)(text)
    except ValueError:
        return False
    return True


_READERS: Mapping[FieldType, Callable[[str], object]] = {
    FieldType.DATE: date.fromisoformat,
    FieldType.TIMESTAMP: datetime.fromisoformat,
    FieldType.UUID: UUID,
}


def _written(kind: FieldType) -> str:
    examples = {
        FieldType.BOOLEAN: "true",
        FieldType.INTEGER: "3",
        FieldType.MONEY: "1999 (whole minor units)",
        FieldType.DECIMAL: "0.5",
        FieldType.DATE: "'2030-12-31'",
        FieldType.TIMESTAMP: "'2030-12-31T12:00:00Z'",
        FieldType.SLUG: "my-slug",
    }
    return f"write e.g. {examples[kind]}" if kind in examples else "put a text in quotes"


def _out_of_bounds(item: Field, value: Scalar) -> tuple[str, str] | None:
    if item.type in TEXTUAL:
        return _off(value, len(str(value)), item.length, " characters")
    if isinstance(value, int | float):
        return _off(value, value, (item.min, item.max), "")
    return None


def _off(value: Scalar, size: float, bounds: tuple[float | None, float | None], unit: str) -> tuple[str, str] | None:
    least, most = bounds
    if least is not None and size < least:
        return f"`{value}` is less than the `min` of {least:,}{unit}", "raise it, or lower `min`"
    if most is not None and size > most:
        return f"`{value}` is more than the `max` of {most:,}{unit}", "lower it, or raise `max`"
    return None
