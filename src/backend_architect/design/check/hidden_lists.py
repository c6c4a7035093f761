"""A list tells nothing of a hidden field: not by what it is filtered or ordered by, searched in, or made of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_architect.design.check.paths import has_hidden_fields
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Entity, ListSpec
from backend_architect.errors import Problem

if TYPE_CHECKING:
    from backend_architect.design.hidden import Guard


def check_hidden_lists(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `filters-`, `orders-by-`, `searches-`, `lists-by-` and `selects-by-guarded-field`."""
    if not has_hidden_fields(loaded.design):
        return
    for spec in loaded.design.lists:
        entity = loaded.design.entities.get(spec.of)
        if entity is not None:
            yield from _one(loaded, spec, entity)


def _one(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> Iterator[Problem]:
    from backend_architect.design.hidden import guard_of  # noqa: PLC0415  (parses SQL, and reading alone need not load that)

    guard = guard_of(loaded.design, entity)
    if spec.cache_seconds is None:  # what is kept is made as for nobody, whoever may ask for it
        guard = guard.knowing(spec.allow)
    for use in guard.uses(spec.where, decides=True):
        message = f"which rows are listed tells of `{use.name}`, which has a read rule of its own"
        fix = f"begin with that rule, `{use.condition} and …`, or leave the field out"
        yield loaded.problem("selects-by-guarded-field", f"lists.{spec.name}.where", message, fix)
    yield from _fields(loaded, spec, entity, guard.knowing(spec.where))


def _fields(loaded: LoadedDesign, spec: ListSpec, entity: Entity, guard: "Guard") -> Iterator[Problem]:
    path = f"lists.{spec.name}"
    for n, name in enumerate(spec.filters):
        if guard.hides(name):
            message = f"`{name}` has a read rule of its own, and whoever may filter by it learns it by trying values"
            fix = _fix("leave it out of `filter`", entity, name)
            yield loaded.problem("filters-guarded-field", f"{path}.filter.{n}", message, fix)
    for n, name in enumerate(spec.match):
        if guard.hides(name):
            message = f"`{name}` has a read rule of its own, and whoever may search in it learns it word by word"
            fix = _fix("leave it out of `match`", entity, name)
            yield loaded.problem("searches-guarded-field", f"{path}.match.{n}", message, fix)
    if guard.hides(spec.order.field):
        message = f"`{spec.order.field}` has a read rule of its own, and the order and the cursors of its pages tell it"
        fix = _fix("order by another field", entity, spec.order.field)
        yield loaded.problem("orders-by-guarded-field", f"{path}.order", message, fix)
    if spec.by and guard.hides(spec.by):
        message = f"`{spec.by}` has a read rule of its own, and asking for the rows of each {spec.by} tells it"
        yield loaded.problem("lists-by-guarded-field", f"{path}.by", message, _fix("remove the list", entity, spec.by))


def _fix(instead: str, entity: Entity, name: str) -> str:
    return f"{instead}, or list only rows whose reader may know it: `where: {entity.fields[name].read}`"
