"""`tests/test_checks.py`: the cases that the design states beyond its rules."""

import re

from backend_architect.design.model import Check, Edge, Entity, Row
from backend_architect.design.python_names import FACTORY, variable
from backend_architect.design.routes import Route
from backend_architect.queries.resolved import ResolvedDesign

HEAD = '''"""The cases that backend.yaml states under `checks`."""

import pytest

from tests.factories import {factories}
from tests.world import World

pytestmark = pytest.mark.anyio
'''

KINDS = {
    "read": ("read",),
    "create": ("create", "put_edge"),
    "update": ("update",),
    "delete": ("delete", "delete_edge"),
}


def render_checks(resolved: ResolvedDesign) -> str:
    """Return the module, or an empty text where the design states no check."""
    tests = [_test(resolved, number, check) for number, check in enumerate(resolved.design.checks, 1)]
    body = "\n\n".join(test for test in tests if test)
    used = sorted({"FACTORIES", *re.findall(r"new_\w+", body)})
    return HEAD.replace("{factories}", ", ".join(used)) + "\n\n" + body if body else ""


def _test(resolved: ResolvedDesign, number: int, check: Check) -> str:
    rows = {row.name: row for row in resolved.design.rows_by_plural.values()}
    row = rows.get(check.target)
    routes = [r for r in resolved.routes if r.row is row and r.kind in KINDS[check.action]]
    if row is None or not routes:
        return ""
    route = routes[0]
    own, related = _given(check)
    lines = [f"async def test_{number}_{check.persona}_{check.action}_{check.target}(world: World) -> None:"]
    lines += _setup(resolved, row, route, own, related)
    body = f', json=await new_{row.name}(world.db, world.id_of("owner"))' if route.method == "POST" else ""
    if route.method == "PATCH":
        body = ", json={}"
    lines.append(f'    answer = await world.call("{check.persona}", "{route.method}", {_path(route)}{body})')
    lines.append(f"    assert answer.status_code == {check.expect}, answer.text")
    return "\n".join(lines) + "\n"


def _given(check: Check) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    own: dict[str, object] = {}
    related: dict[str, dict[str, object]] = {}
    for path, value in check.given.items():
        relation, _, name = path.rpartition(".")
        (related.setdefault(relation, {}) if relation else own)[name] = value
    return own, related


def _setup(
    resolved: ResolvedDesign, row: Row, route: Route, own: dict[str, object], related: dict[str, dict[str, object]]
) -> list[str]:
    """Return the lines that make the rows that the path names, with the given values."""
    lines = []
    for name in [part[1:-1].removesuffix("_id") for part in route.path.split("/") if part.startswith("{")]:
        if resolved.design.account and name == resolved.design.account.name:
            lines.append(f'    {name}_id = world.id_of("owner")')
            continue
        values = own if isinstance(row, Entity) and name == row.name else _related(row, name, related)
        given = "".join(f", {variable(key, FACTORY)}={value!r}" for key, value in values.items())
        lines.append(f'    {name}_id = await FACTORIES["{name}"](world.db, world.id_of("owner"){given})')
    return lines


def _related(row: Entity | Edge, name: str, related: dict[str, dict[str, object]]) -> dict[str, object]:
    for item in row.references:
        if item.to == name and item.name in related:
            return related[item.name]
    return {}


def _path(route: Route) -> str:
    return f'f"/v1{route.path}"' if "{" in route.path else f'"/v1{route.path}"'
