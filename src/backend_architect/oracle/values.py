"""The values of a field that may make a difference to a rule: its choices, what the rule compares it with, null."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from backend_architect.design.model import Field, FieldType

LONG_AGO, NOW, FAR_AHEAD = "long ago", "now", "far ahead"
TIMES = {LONG_AGO: "2001-01-01T00:00:00Z", NOW: "now", FAR_AHEAD: "2999-01-01T00:00:00Z"}
DAYS = {LONG_AGO: "2001-01-01", NOW: "today", FAR_AHEAD: "2999-01-01"}
NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY})
FIXED: dict[FieldType, tuple[tuple[str, object], ...]] = {
    FieldType.BOOLEAN: (("true", True), ("false", False)),
    FieldType.TIMESTAMP: tuple(TIMES.items()),
    FieldType.DATE: tuple(DAYS.items()),
    FieldType.DURATION: (("1 day", "1 day"), ("0", "0")),
    FieldType.UUID: (("an id", str(UUID(int=98))),),
    FieldType.JSON: (("an object", {}),),
    FieldType.LIST: (("a list", []),),
}
MAX_VALUES = 5


@dataclass(frozen=True)
class Option:
    """One value of a column: as a person reads it, and as JSON."""

    shown: str
    value: object = field(hash=False)


def options_of(item: Field | None, constants: Collection[str]) -> list[Option]:
    """Return the values to try of a stored field; without a field it is a time that every row has."""
    if item is None:
        return [Option(shown, value) for shown, value in TIMES.items()]
    nothing = [Option("null", None)] if item.optional else []
    return [*_given(item, constants), *nothing]


def _given(item: Field, constants: Collection[str]) -> list[Option]:
    if item.type is FieldType.ONE_OF:
        return [Option(choice, choice) for choice in item.choices]
    if item.type in FIXED:
        return [Option(shown, value) for shown, value in FIXED[item.type]]
    if item.type in NUMBERS:
        return [Option(str(number), str(number)) for number in _numbers(item, constants)]
    texts = sorted(text[1:-1].replace("''", "'") for text in constants if text.startswith("'"))
    return [Option(f"'{text}'", text) for text in [*texts[: MAX_VALUES - 1], "anything"]]


def _numbers(item: Field, constants: Collection[str]) -> list[Decimal]:
    """Return the numbers at and beside those that the rule names, within the field's bounds."""
    named = {Decimal(text) for text in constants if re.fullmatch(r"\d+(\.\d+)?", text)} or {Decimal(1)}
    if item.type is not FieldType.DECIMAL:
        named = {number.to_integral_value() for number in named}
    around = sorted({number + step for number in named for step in (-1, 0, 1)})
    low, high = (None if bound is None else Decimal(str(bound)) for bound in (item.min, item.max))
    fitting = [n for n in around if (low is None or n >= low) and (high is None or n <= high)]
    return fitting[:MAX_VALUES] or [low if low is not None else high if high is not None else Decimal(0)]
