"""`tests/test_effects.py`: what is taken from a bounded stock is taken once, however many ask at the same moment."""

from sqlglot import exp

from backend_architect.design.model import Entity, Field
from backend_architect.design.python_names import FACTORY, TEST, variable
from backend_architect.design.routes import Route
from backend_architect.design.samples import sample
from backend_architect.design.syntax import parse
from backend_architect.project.slices.access import expected_answers
from backend_architect.queries.model import Queries
from backend_architect.queries.resolved import ResolvedDesign

HEAD = '''"""The last one of something goes to one of many who ask for it at the same moment."""

import asyncio

import pytest

from tests.factories import {factories}
from tests.world import World

pytestmark = pytest.mark.anyio

BUYERS = 20
'''


def render_effects(resolved: ResolvedDesign, queries: Queries) -> str:
    """Return the module, or an empty text where nothing is taken from a bounded field."""
    tests = [_test(resolved, entity, queries) for entity in resolved.design.entities.values()]
    body = "\n\n".join(test for test in tests if test)
    if not body:
        return ""
    names = [f"{kind}_{e.name}" for e in resolved.design.entities.values() for kind in ("make", "new")]
    used = sorted(name for name in names if f"{name}(" in body)
    return HEAD.format(factories=", ".join(used)) + "\n\n" + body


def _test(resolved: ResolvedDesign, entity: Entity, queries: Queries) -> str:
    found = _taken(resolved, entity)
    create = next((q for q in queries.by_slice[entity.plural] if q.route and q.route.kind == "create"), None)
    if found is None or create is None or create.route is None or expected_answers(resolved, create)["owner"] != 201:
        return ""
    relation, target, amount = found
    route: Route = next(r for r in resolved.routes if r.row is entity and r.kind == "create")
    stock, made = target.fields[amount.column], variable(target.name, TEST)
    given = f"{variable(amount.column, FACTORY)}={_one(entity, amount)}"
    return (
        f"async def test_the_last_{target.name}_goes_to_one_of_twenty(world: World) -> None:\n"
        '    owner = world.id_of("owner")\n'
        f"    {made} = await make_{target.name}(world.db, owner, {given})\n"
        f'    paths = [await world.path("/v1{route.path}") for _ in range(BUYERS)]\n'
        f'    body = await new_{entity.name}(world.db, owner) | {{"{relation.column}": str({made})}}\n'
        '    answers = await asyncio.gather(*(world.call("owner", "POST", path, json=body) for path in paths))\n'
        "    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (BUYERS - 1)\n"
        f'    sql = "SELECT {stock.column} FROM {target.table} WHERE id = $1"\n'
        f"    assert await world.value(sql, {made}) == 0\n"
    )


def _taken(resolved: ResolvedDesign, entity: Entity) -> tuple[Field, Entity, Field] | None:
    """Return the relation, its entity and the field from which a creation takes, where that may not fall below 0."""
    for path, text in entity.effects.get("create", {}).items():
        relation, _, name = path.partition(".")
        item = entity.fields[relation]
        target = resolved.design.entities[item.to or ""]
        if isinstance(parse(text), exp.Sub) and target.fields[name].min == 0:
            return item, target, target.fields[name]
    return None


def _one(entity: Entity, amount: Field) -> int:
    """Return what one creation takes: the sample of the field that the effect subtracts, else 1."""
    for path, text in entity.effects["create"].items():
        if path.endswith(f".{amount.name}"):
            taken = parse(text).find_all(exp.Column)
            for column in taken:
                if column.name in entity.fields and not column.table:
                    return int(str(sample(entity.fields[column.name])))
    return 1
