"""`tests/test_counts.py`: kept counts are right after fifty writers at once, and after cascades."""

from backend_architect.design.model import Design, Edge, Entity
from backend_architect.schema import Schema

HEAD = '''"""Kept counts stay right when many write at once, and when a cascade deletes."""

import asyncio
from uuid import UUID

import pytest

from tests.factories import {factories}
from tests.world import World

pytestmark = pytest.mark.anyio

WRITERS = 50
'''


def render_counts(design: Design, schema: Schema) -> str:
    """Return the module, or an empty text where no count of an edge is kept."""
    kept = [(entity, count.name) for entity in design.entities.values() for count in entity.counts.values()]
    tests, used = [], set()
    for entity, name in kept:
        count = entity.counts[name]
        edge = design.rows_by_plural[count.source]
        if not isinstance(edge, Edge) or not any(c.name == f"{name}_count" for c in schema.table(entity.table).columns):
            continue
        text = _test(design, entity, name, edge)
        if text:
            tests.append(text)
            used |= {
                f"make_{edge.name}",
                f"make_{entity.name}",
                *([f"make_{design.account.name}"] if design.account else []),
            }
    if not tests:
        return ""
    return HEAD.format(factories=", ".join(sorted(used))) + "\n\n" + "\n\n".join(tests)


def _test(design: Design, entity: Entity, name: str, edge: Edge) -> str:
    via = edge.fields[entity.counts[name].via]
    other = edge.other(via)
    if design.account is None or other.to != design.account.name or edge.extra:
        return ""
    account = design.account.name
    made = (
        f"await make_{entity.name}(world.db)"
        if entity.name == account
        else f'await make_{entity.name}(world.db, world.id_of("owner"))'
    )
    return (
        f"async def test_{name}_of_{entity.name}_with_fifty_writers(world: World) -> None:\n"
        f"    row = {made}\n"
        f"    people = [await make_{account}(world.db) for _ in range(WRITERS)]\n\n"
        "    async def write(person: UUID) -> None:\n"
        f"        await make_{edge.name}(world.db, person, {via.column}=row, {other.column}=person)\n\n"
        "    await asyncio.gather(*(write(person) for person in people))\n"
        f'    assert await world.value("SELECT {name}_count FROM {entity.table} WHERE id = $1", row) == WRITERS\n'
        f'    await world.db.execute("DELETE FROM {design.account.table} WHERE id = $1", people[0])\n'
        f'    assert await world.value("SELECT {name}_count FROM {entity.table} WHERE id = $1", row) == WRITERS - 1\n'
        f'    await world.db.execute("DELETE FROM {design.account.table} WHERE id = ANY($1)", people[:-1])\n'
        f'    assert await world.value("SELECT {name}_count FROM {entity.table} WHERE id = $1", row) == 1\n'
    )
