"""The order of a list can be kept by an index, so that any page of it is one bounded read."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import TEXTUAL, Entity, FieldType, ListSpec
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a_type
from backend_architect.errors import Problem

MOST_ORDERED = 500
"""Characters of a text that a list is ordered by: an index takes 2,704 bytes, and a letter may have four."""
NOT_ORDERED = frozenset({FieldType.JSON, FieldType.LIST, FieldType.FILE, FieldType.REFERENCE, FieldType.UUID})


def check_list_orders(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unbounded-list` for an order without an index, and `unknown-name`."""
    for spec in loaded.design.lists:
        entity = loaded.design.entities.get(spec.of)
        if entity is None or spec.order.field in {"created_at", "updated_at", *entity.counts}:
            continue
        path = f"lists.{spec.name}.order"
        if spec.order.field in entity.fields:
            said = _why_unbounded(spec, entity)
            if said:
                yield loaded.problem("unbounded-list", path, *said)
        elif spec.order.field in entity.computed:
            message = f"`{spec.order.field}` is computed for each row, so a page would have to compute all of them"
            yield loaded.problem("unbounded-list", path, message, "order by a stored field or a count")
        else:
            known = ("newest", "oldest", *entity.fields, *entity.counts)
            message = f"`{spec.order.field}` is no field or count of {entity.name}"
            yield loaded.problem("unknown-name", path, message, did_you_mean(spec.order.field, known))


def _why_unbounded(spec: ListSpec, entity: Entity) -> tuple[str, str] | None:
    item = entity.fields[spec.order.field]
    if item.optional:
        return f"`{item.name}` may be null, and a page cannot continue after null", "make it required, with a default"
    if item.type in NOT_ORDERED:
        return f"{a_type(item.type)} has no order that means anything", "use newest, oldest, a number, a date or a text"
    if item.type in TEXTUAL and item.length[1] > MOST_ORDERED and not item.choices:
        message = f"`{item.name}` has up to {item.length[1]:,} characters: too long for an index, and for a cursor"
        return message, f"give it a `max` of {MOST_ORDERED} or less"
    if item.type in TEXTUAL and spec.order.descending:
        return f"`{item.name}` is a text, and texts are listed from a to z", f"write `{item.name} asc`"
    return None
