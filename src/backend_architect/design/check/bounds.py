"""The bounds and details of fields can be met."""

from collections.abc import Iterator

from backend_architect.design.check.paths import fields_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Field, FieldType
from backend_architect.design.wording import a_type
from backend_architect.errors import Problem

MAX_TEXT = 1_000_000
MAX_SCALE = 12
NOT_UNIQUE = frozenset({FieldType.JSON, FieldType.LIST, FieldType.FILE, FieldType.BOOLEAN})


def check_bounds(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `min-over-max`, `no-currency`, `no-content-types`, `duplicate-choice`, `too-wide` and `not-unique`."""
    for path, _, item in fields_with_paths(loaded.design):
        yield from _range(loaded, path, item)
        yield from _details(loaded, path, item)


def _range(loaded: LoadedDesign, path: str, item: Field) -> Iterator[Problem]:
    textual = item.type in {FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL}
    least, most = item.length if textual else (item.min, item.max)
    if least is not None and most is not None and least > most:
        message = f"at least {least:,} and at most {most:,} cannot both hold"
        yield loaded.problem("min-over-max", f"{path}.min", message, "swap or widen the bounds")
    if textual and most is not None and most > MAX_TEXT:
        message = f"a text of {most:,} characters does not belong in a row"
        yield loaded.problem("too-wide", f"{path}.max", message, "use a `file`, or a smaller `max`")
    if item.max == 0 and (textual or item.type in {FieldType.LIST, FieldType.FILE}):
        yield loaded.problem("too-narrow", f"{path}.max", "nothing fits into a `max` of 0", "write a larger `max`")


def _details(loaded: LoadedDesign, path: str, item: Field) -> Iterator[Problem]:
    if item.type is FieldType.MONEY and item.currency is None:
        fix = "write {type: money, currency: EUR}"
        yield loaded.problem("no-currency", path, "an amount of money needs its currency", fix)
    if item.type is FieldType.FILE and not item.content_types:
        fix = "write {type: file, content_types: [image/png, image/jpeg]}"
        yield loaded.problem("no-content-types", path, "a file needs the content types that are accepted", fix)
    if item.scale > MAX_SCALE:
        message = f"{item.scale} digits after the point are more than {MAX_SCALE}"
        yield loaded.problem("too-wide", f"{path}.scale", message, "write a smaller `scale`")
    if item.unique and item.type in NOT_UNIQUE:
        message = f"{a_type(item.type)} cannot be unique"
        yield loaded.problem("not-unique", f"{path}.unique", message, "remove `unique`")
    for n, choice in enumerate(item.choices):
        if choice in item.choices[:n]:
            where = f"{path}.{'states' if item.is_state else 'one_of'}.{n}"
            yield loaded.problem("duplicate-choice", where, f"`{choice}` is given twice", "keep one")
