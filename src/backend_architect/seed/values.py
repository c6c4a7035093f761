"""One field of one made-up row, as SQL over the row's number `n`."""

import zlib
from collections.abc import Callable
from dataclasses import replace

from backend_architect.design.distinguishing_fields import TIMELY, bounds_of_number, distinct_fields
from backend_architect.design.model import Design, Entity, Field, FieldType, Row
from backend_architect.design.sample_numbers import drawn_number
from backend_architect.schema.columns import column_type
from backend_architect.seed.privacy import is_private

FIRST = (
    "Ada",
    "Ben",
    "Chloe",
    "Dario",
    "Elif",
    "Femi",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Liam",
    "Mei",
    "Noor",
)
LAST = ("Adler", "Baker", "Costa", "Dumas", "Eriksen", "Fischer", "Garcia", "Hassan", "Ito", "Jensen", "Kowalski", "Li")
OPENERS = (
    "Today",
    "Finally",
    "Honestly",
    "This week",
    "For the first time",
    "Once again",
    "Just now",
    "Without a plan",
)
MIDDLES = ("we tried", "I finished", "somebody found", "they opened", "we repaired", "I learned", "you asked about")
ENDINGS = ("the old lighthouse.", "a better way home.", "the small bakery.", "a quiet bug.", "a very long walk.")
THINGS = ("Harbour", "Garden", "Signal", "Paper", "River", "Copper", "Window", "Cedar", "Lantern", "Meadow")

PLENTY = 1_000_000
POPULAR = 3
"""A reference goes to the row at `count * x ^ 3` for an even x: a tenth of the rows gets almost half of them."""


def field_sql(design: Design, row: Row, field: Field) -> str:
    """Return the SQL of a value that the field's type and bounds allow."""
    if field.is_reference:
        return _reference(design, row, field)
    drawn = drawn_number(design, row, field, PLENTY)
    if drawn is not None:
        return str(drawn)
    if field.name in distinct_fields(row) and not _has_time(row, field):
        field = replace(field, unique=True)
    made = _MAKERS.get(field.type, _text)(row, field)
    if field.optional and not field.unique:
        return f"CASE WHEN {_even(row, field, 'given')} < 0.6 THEN {made} END"
    return made


def _has_time(row: Row, field: Field) -> bool:
    """Return whether every group in which the field would be unique holds a time, which each row has for itself."""
    groups = [group for group in (row.unique if isinstance(row, Entity) else ()) if field.name in group]
    return bool(groups) and all(any(row.fields[name].type in TIMELY for name in group) for group in groups)


def _even(row: Row, field: Field, use: str = "") -> str:
    """Return a number from 0 to 1 that is always the same for the same row and field."""
    salt = zlib.crc32(f"{row.name}.{field.name}.{use}".encode())
    return f"((hashint8extended(n, {salt}) & 1048575) / 1048576.0::float8)"


def _reference(design: Design, row: Row, field: Field) -> str:
    """Return the id of a numbered row: early rows are popular, unless each row is filled by its owner alone."""
    table = f'"seed_{design.entities[field.to or ""].table}"'
    skew = 1 if is_private(design, row, field) else POPULAR
    found = (
        f"(SELECT s.id FROM {table} AS s "
        f"WHERE s.nth = 1 + floor((SELECT count(*) FROM {table}) * power({_even(row, field)}, {skew}))::bigint)"
    )
    return f"CASE WHEN {_even(row, field, 'given')} < 0.3 THEN {found} END" if field.optional else found


def _pick(row: Row, field: Field, words: tuple[str, ...], use: str = "") -> str:
    array = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"(ARRAY[{array}]::text[])[1 + floor({len(words)} * {_even(row, field, use)})::int]"


def _text(row: Row, field: Field) -> str:
    if field.name.endswith("name"):
        made = f"{_pick(row, field, FIRST, 'first')} || ' ' || {_pick(row, field, LAST, 'last')}"
    elif field.name in {"title", "subject", "label", "city"}:
        made = f"{_pick(row, field, THINGS, 'first')} || ' and ' || lower({_pick(row, field, THINGS, 'last')})"
    else:
        made = " || ' ' || ".join(_pick(row, field, words, words[0]) for words in (OPENERS, MIDDLES, ENDINGS))
    return _bounded(f"{made} || ' ' || n" if field.unique else made, field)


def _bounded(made: str, field: Field) -> str:
    low, high = field.length
    longer = f"rpad({made}, greatest(length({made}), {low}), '.')" if low > 5 else made
    return f"right({longer}, {high})" if field.unique else f"left({longer}, {high})"


def _slug(row: Row, field: Field) -> str:
    if not field.unique:  # many rows share it, as they share a category
        return f"left(lower({_pick(row, field, THINGS)}), {field.length[1]})"
    made = f"lower({_pick(row, field, FIRST, 'first')}) || '-' || lower({_pick(row, field, LAST, 'last')}) || '-' || n"
    return f"trim('-' from right({made}, {field.length[1]}))"


def _email(row: Row, field: Field) -> str:
    return f"lower({_pick(row, field, FIRST, 'first')}) || '.' || n || '@example.com'"


def _number(row: Row, field: Field) -> str:
    if field.unique and field.type is not FieldType.DECIMAL:
        first, many = bounds_of_number(field)
        return f"{first} + (n - 1)" if many is None else f"{first} + (n - 1) % {many}"
    low = field.min if field.min is not None else 0
    high = field.max if field.max is not None else low + (20 if field.type is FieldType.INTEGER else 10_000)
    digits = field.scale if field.type is FieldType.DECIMAL else 0
    spread = min(high - low, 10_000)
    return f"round(({low} + {spread} * power({_even(row, field)}, 2))::numeric, {digits})"


def _instant(row: Row, field: Field) -> str:
    """Return an hour of its own for each row, and later ones for later fields: periods are in order, none overlap."""
    later = list(row.fields).index(field.name)
    return f"date_trunc('hour', now()) + n * interval '1 hour' + {later} * interval '1 minute'"


def _day(row: Row, field: Field) -> str:
    later = list(row.fields).index(field.name)
    return f"(current_date + (n * {len(row.fields) + 1} + {later})::int)"


def _list(row: Row, field: Field) -> str:
    if field.item is FieldType.TEXT:
        return f"ARRAY[lower({_pick(row, field, THINGS)})]"
    return f"'{{}}'::{column_type(field)}"


_MAKERS: dict[FieldType, Callable[[Row, Field], str]] = {
    FieldType.SLUG: _slug,
    FieldType.EMAIL: _email,
    FieldType.URL: lambda row, field: f"'https://example.com/{row.name}/' || n",
    FieldType.INTEGER: _number,
    FieldType.DECIMAL: _number,
    FieldType.MONEY: _number,
    FieldType.BOOLEAN: lambda row, field: f"{_even(row, field)} < 0.4",
    FieldType.DATE: _day,
    FieldType.TIMESTAMP: _instant,
    FieldType.DURATION: lambda row, field: f"(15 + floor(90 * {_even(row, field)})) * interval '1 minute'",
    FieldType.UUID: lambda row, field: f"md5('{row.name}.{field.name}' || n)::uuid",
    FieldType.JSON: lambda row, field: "jsonb_build_object('made_up', n)",
    FieldType.FILE: lambda row, field: f"'made-up/{row.name}/' || n",
    FieldType.ONE_OF: lambda row, field: _pick(row, field, (field.choices[0], *field.choices)),
    FieldType.LIST: _list,
}
