"""`tests/test_extremes.py`: the least and the greatest of every field, and every list and row answers all the same."""

from backend_architect.design.model import WHOLE, Entity, Field, FieldType
from backend_architect.design.names import words
from backend_architect.design.overflow import MOST_DAYS
from backend_architect.project.slices.access import expected_answers
from backend_architect.queries.model import Queries, Query
from backend_architect.queries.resolved import ResolvedDesign

TIMES = {
    FieldType.DATE: ("0001-01-01", "9999-12-31"),
    FieldType.TIMESTAMP: ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
    FieldType.DURATION: (f"-P{MOST_DAYS}D", f"P{MOST_DAYS}D"),
}
HEAD = '''"""The least and the greatest that a field takes are stored, or refused: nothing stored makes a read fail."""

import pytest

from tests.factories import {factories}
from tests.world import World

pytestmark = pytest.mark.anyio

LISTS = {lists}
'''


def render_extremes(resolved: ResolvedDesign, queries: Queries) -> str:
    """Return the module; nothing where no number and no time is both accepted and calculated with."""
    if not any(row.computed for row in resolved.design.entities.values()):
        return ""
    creations = [(q, e) for q, e in _creations(resolved, queries) if _extremes(e)]
    if not creations:
        return ""
    lists = [f"/v1{q.route.path}" for q in queries.all() if q.list and q.route and _is_open(resolved, q)]
    factories = ", ".join(sorted(f"new_{entity.name}" for _, entity in creations))
    head = HEAD.format(factories=factories, lists=sorted(set(lists)))
    return "\n\n".join([head, *(_test(query, entity) for query, entity in creations)])


def _creations(resolved: ResolvedDesign, queries: Queries) -> list[tuple[Query, Entity]]:
    made = [(q, q.route.row) for q in queries.all() if q.route and q.route.kind == "create"]
    return [
        (query, row)
        for query, row in made
        if isinstance(row, Entity) and expected_answers(resolved, query)["owner"] == 201
    ]


def _is_open(resolved: ResolvedDesign, query: Query) -> bool:
    """Return whether the owner reads a list that needs no id and no search."""
    assert query.route is not None and query.list is not None
    return "{" not in query.route.path and not query.list.match and expected_answers(resolved, query)["owner"] == 200


def _extremes(entity: Entity) -> list[tuple[Field, tuple[object, object]]]:
    found: list[tuple[Field, tuple[object, object]]] = []
    for item in entity.accepted("create"):
        if item.type in TIMES:
            found.append((item, TIMES[item.type]))
        elif item.type in WHOLE:
            least, greatest = item.range
            found.append((item, (int(least), int(greatest))))
    return found


def _test(query: Query, entity: Entity) -> str:
    assert query.route is not None
    least, greatest = (
        "{" + ", ".join(f'"{item.column}": {ends[n]!r}' for item, ends in _extremes(entity)) + "}" for n in (0, 1)
    )
    return (
        f"async def test_no_{entity.name}_makes_a_read_fail(world: World) -> None:\n"
        f'    """Two of the greatest and one of the least {words(entity.name)}, as far as they are taken."""\n'
        f'    path = await world.path("/v1{query.route.path}")\n'
        f'    body = await new_{entity.name}(world.db, world.id_of("owner"))\n'
        f"    least = {least}\n    greatest = {greatest}\n"
        "    assert await world.failures(path, [body | ends for ends in (greatest, greatest, least)], LISTS) == []\n"
    )
