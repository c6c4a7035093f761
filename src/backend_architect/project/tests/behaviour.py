"""`tests/<slice>/test_<slice>.py`: the access table held, every read one statement, a row's life, pages, bad input."""

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Edge, Entity, Field, FieldType, ListSpec, Row
from backend_architect.design.names import words
from backend_architect.design.ranges import in_ranges
from backend_architect.design.routes import Route
from backend_architect.design.samples import sample
from backend_architect.project.slices.access import expected_answers
from backend_architect.project.slices.calls import asks_for_caller
from backend_architect.project.tests.actions import sent_factory
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign

HEAD = '''"""What {about} do, seen from outside."""

from uuid import UUID

import pytest

from app.{plural}.access import ACCESS
from tests.factories import {factories}
from tests.world import World, assert_problem

pytestmark = pytest.mark.anyio
'''


def render_behaviour(resolved: ResolvedDesign, row: Row, entity: Entity | None, queries: tuple[Query, ...]) -> str:
    """Return the test module of a slice."""
    plain: dict[str, Query] = {str(query.route.kind): query for query in queries if query.route and not query.list}
    sent = {sent_factory(entity, action) for action in entity.actions.values()} if entity else set()
    names = sorted({f"make_{e.name}" for e in resolved.design.entities.values()} | _bodies(resolved) | sent)
    parts = [HEAD.format(about=words(row.plural), plural=row.plural, factories=", ".join(names))]
    acts = {query.route.name: query.route for query in queries if query.route and query.route.action}
    parts.append(_access_test(row, plain, acts))
    parts.append(_statements_test(resolved, row, queries))
    if entity:
        parts += _life_tests(resolved, entity, plain)
        lists = [query for query in queries if query.list and not query.filters]
        parts += [text for query in lists if (text := _page_test(resolved, entity, query, plain.get("read")))]
    if isinstance(row, Edge):
        parts += _edge_tests(resolved, row, plain)
    return "\n\n".join(part for part in parts if part)


def _bodies(resolved: ResolvedDesign) -> set[str]:
    rows = resolved.design.rows_by_plural.values()
    return {f"new_{row.name}" for row in rows if "create" in row.allow and (isinstance(row, Entity) or row.extra)}


def _access_test(row: Row, plain: dict[str, Query], acts: dict[str, Route]) -> str:
    bodies = []
    create = plain.get("create") or plain.get("put_edge")
    if create and create.route and (isinstance(row, Entity) or row.extra):
        bodies.append(f'"{create.route.method} /v1{create.route.path}": new_{row.name}')
    update = plain.get("update")
    if update and update.route and isinstance(row, Entity):
        bodies.append(f'"PATCH /v1{update.route.path}": {_change(row)}')
    if isinstance(row, Entity):
        taking = [action for action in row.actions.values() if row.taken(action)]
        bodies += [f'"POST /v1{acts[each.name].path}": {sent_factory(row, each)}' for each in taking]
    given = f", bodies={{{', '.join(bodies)}}}" if bodies else ""
    others = ", others=True" if isinstance(row, Edge) else ""
    return (
        "async def test_every_route_answers_as_the_table_says(world: World) -> None:\n"
        f"    assert await world.differences(ACCESS{given}{others}) == []\n"
    )


def _change(entity: Entity) -> str:
    """Return a valid change, as source: the first field that a client may change."""
    apart = distinct_fields(entity)
    for item in entity.accepted("update"):
        if item.is_reference or item.name in apart or item.type is FieldType.FILE or item.name in in_ranges(entity):
            continue
        value = sample(item)
        return f'{{"{item.column}": {value!r}}}'
    return "{}"


def _statements_test(resolved: ResolvedDesign, row: Row, queries: tuple[Query, ...]) -> str:
    reads = [query.route for query in queries if query.route and query.route.method == "GET" and not query.filters]
    reads = [route for route in reads if not (route.list and route.list.cache_seconds)]
    written = [route for route in resolved.routes if route.row is row and route.is_of_collection]
    lines = [f'        "GET /v1{route.path}": ["{route.statement}"],\n' for route in reads]
    lines += [f'        "GET /v1{route.path}": [],\n' for route in written if route.method == "GET"]
    if not lines:
        return ""
    return (
        "async def test_every_read_is_one_statement(world: World) -> None:\n"
        "    assert await world.statements_of_reads(ACCESS) == {\n" + "".join(lines) + "    }\n"
    )


def _life_tests(resolved: ResolvedDesign, entity: Entity, plain: dict[str, Query]) -> list[str]:
    create, read = plain.get("create"), plain.get("read")
    if not create or not create.route or expected_answers(resolved, create)["owner"] != 201:
        return []
    name, tests = entity.name, []
    where = f'await world.path("/v1{create.route.path}")'
    lines = [
        f"async def test_a_{name}_is_made(world: World) -> None:",
        f'    body = await new_{name}(world.db, world.id_of("owner"))',
        f'    answer = await world.call("owner", "POST", {where}, json=body)',
        "    assert answer.status_code == 201, answer.text",
        f'    assert answer.headers["location"] == f"/v1/{entity.plural.replace("_", "-")}/{{answer.json()[\'id\']}}"',
    ]
    if read and expected_answers(resolved, read)["owner"] == 200:
        lines += [
            '    again = await world.call("owner", "GET", answer.headers["location"])',
            "    assert again.json() == answer.json()",
        ]
    tests.append("\n".join(lines) + "\n")
    tests.append(_wrong_input_test(entity, where))
    if asks_for_caller(resolved, create.route):
        tests.append(_idempotency_test(entity, where))
    tests += [_file_test(entity, where, item) for item in entity.accepted("create") if item.type is FieldType.FILE]
    update = plain.get("update")
    if update and expected_answers(resolved, update)["owner"] == 200:
        tests += [_version_test(resolved, entity, plain)] if _change(entity) != "{}" else []
        tests += [_event_test(resolved, entity, update)] if update.tells_change else []
    return tests


def _wrong_input_test(entity: Entity, where: str) -> str:
    long = next((f for f in entity.accepted("create") if f.type is FieldType.TEXT), None)
    extra = f', {{"{long.column}": "x" * {long.length[1] + 1}}}' if long else ""
    return (
        f"async def test_a_wrong_{entity.name}_is_refused_and_nothing_is_stored(world: World) -> None:\n"
        f'    body = await new_{entity.name}(world.db, world.id_of("owner"))\n'
        f"    path = {where}\n"
        f'    before = await world.count("{entity.table}")\n'
        f'    for wrong in ({{"no_such_field": 1}}, {{"id": "1"}}{extra}):\n'
        '        answer = await world.call("owner", "POST", path, json=body | wrong)\n'
        "        assert_problem(answer, 422)\n"
        '        assert answer.json()["errors"][0]["field"] == next(iter(wrong))\n'
        f'    assert await world.count("{entity.table}") == before\n'
    )


def _file_test(entity: Entity, where: str, item: Field) -> str:
    key = f"{entity.plural}.{item.name}"
    shown = "" if item.read else '    assert "X-Amz-Signature=" in answer.json()["' + item.name + '"]\n'
    return (
        f"async def test_{item.name}_takes_only_uploads_of_ones_own(world: World) -> None:\n"
        f'    body = await new_{entity.name}(world.db, world.id_of("owner"))\n'
        f"    path = {where}\n"
        '    upload, stranger = f"{world.id_of(\'owner\')}/{UUID(int=7)}", world.id_of("stranger")\n'
        f'    others = [f"{key}/{{stranger}}/{{UUID(int=7)}}", f"elsewhere.{item.name}/{{upload}}"]\n'
        f'    for wrong in [*others, f"{key}/{{upload}}/../x", f"{key}/{{upload}}\\n", ""]:\n'
        f'        answer = await world.call("owner", "POST", path, json=body | {{"{item.name}": wrong}})\n'
        "        assert_problem(answer, 422)\n"
        f'        assert answer.json()["errors"][0]["field"] == "{item.name}"\n'
        f'    own = {{"{item.name}": f"{key}/{{upload}}"}}\n'
        '    answer = await world.call("owner", "POST", path, json=body | own)\n'
        "    assert answer.status_code == 201, answer.text\n"
        f"{shown}"
    )


def _idempotency_test(entity: Entity, where: str) -> str:
    return (
        f"async def test_the_same_key_makes_one_{entity.name}(world: World) -> None:\n"
        f'    body = await new_{entity.name}(world.db, world.id_of("owner"))\n'
        f"    path = {where}\n"
        '    key = {"Idempotency-Key": "made-once"}\n'
        '    first = await world.call("owner", "POST", path, json=body, headers=key)\n'
        '    second = await world.call("owner", "POST", path, json=body, headers=key)\n'
        "    assert (first.status_code, second.status_code) == (201, 201)\n"
        "    assert first.json() == second.json()\n"
    )


def _version_test(resolved: ResolvedDesign, entity: Entity, plain: dict[str, Query]) -> str:
    """Return the test that a version read before is refused, to change and to delete."""
    update, delete = plain["update"], plain.get("delete")
    assert update.route is not None
    refused, last = "", ""
    if delete and expected_answers(resolved, delete)["owner"] == 204 and entity is not resolved.design.account:
        refused += '        assert_problem(await world.call("owner", "DELETE", path, headers=version), 412)\n'
        last = (
            '    assert (await world.call("owner", "DELETE", path, headers={"If-Match": current})).status_code == 204\n'
        )
    return (
        f"async def test_a_{entity.name}_changed_since_is_not_overwritten(world: World) -> None:\n"
        f'    path = await world.path("/v1{update.route.path}")\n'
        f"    change = {_change(entity)}\n"
        '    first = await world.call("owner", "PATCH", path, json=change)\n'
        "    assert first.status_code == 200, first.text\n"
        '    old = current = first.headers["etag"]\n'
        "    for tags in (old, '*', '\"another\", {}'):\n"
        '        version = {"If-Match": tags.format(current)}\n'
        '        done = await world.call("owner", "PATCH", path, json=change, headers=version)\n'
        "        assert done.status_code == 200, done.text\n"
        '        current = done.headers["etag"]\n'
        "    for tags in (old, f'W/{current}', '\"another\"', 'none'):\n"
        '        version = {"If-Match": tags}\n'
        '        assert_problem(await world.call("owner", "PATCH", path, json=change, headers=version), 412)\n'
        f"{refused}{last}"
    )


def _event_test(resolved: ResolvedDesign, entity: Entity, update: Query) -> str:
    """Return the test that work is queued for a change, and not for a request that leaves the row as it was."""
    assert update.route is not None
    events = [event for event in resolved.design.events if event.plural == entity.plural and event.action == "update"]
    others = (f'{{"{item.column}": {value!r}}}' for item in entity.accepted("update") if (value := _other(item)))
    cases = ["({}, 0)", *(f"({other}, {len(events)})" for other in list(others)[:1])]
    return (
        f"async def test_only_a_change_of_a_{entity.name}_leaves_work(world: World) -> None:\n"
        f'    path = await world.path("/v1{update.route.path}")\n'
        f"    for change, more in ({', '.join(cases)},):\n"
        '        before = await world.count("pgqueuer")\n'
        '        answer = await world.call("owner", "PATCH", path, json=change)\n'
        "        assert answer.status_code == 200, answer.text\n"
        '        assert await world.value("SELECT count(*) - $1 FROM pgqueuer", before) == more\n'
    )


def _other(item: Field) -> str:
    """Return a choice that a new row does not have, or an empty text."""
    return item.choices[-1] if item.choices and item.choices[-1] != sample(item) else ""


def _page_test(resolved: ResolvedDesign, entity: Entity, query: Query, read: Query | None) -> str:
    """Return the test that walks a list page by page; only for lists that a plain row is certain to be in."""
    route, spec = query.route, query.list
    assert route is not None
    assert spec is not None
    reader = _reader(resolved, query, read)
    if reader is None or not _holds_plain_rows(resolved, spec) or route.parent is None:
        return ""
    parent = route.parent
    if resolved.design.account and parent.to == resolved.design.account.name:
        owner, made = 'world.id_of("owner")', f'await make_{entity.name}(world.db, world.id_of("owner"))'
    else:
        owner = f'await make_{parent.to}(world.db, world.id_of("owner"))'
        made = f'await make_{entity.name}(world.db, world.id_of("owner"), {parent.column}=parent)'
    item = entity.fields.get(spec.by or "")
    apart = distinct_fields(entity)
    if any(spec.by in group and not apart & {*group} for group in entity.unique):
        return ""
    if item is None or (item.set is None and resolved.design.account and parent.to == resolved.design.account.name):
        return ""
    path = f"/v1{route.path}".replace(f"{{{parent.to}_id}}", "{parent}")
    return (
        f"async def test_{query.function}_is_read_page_by_page(world: World) -> None:\n"
        f"    parent = {owner}\n"
        f"    made = {{str({made}) for _ in range(5)}}\n"
        f'    pages = await world.pages("{reader}", f"{path}", limit=2)\n'
        "    assert [len(page) for page in pages] == [2, 2, 1]\n"
        '    assert {item["id"] for page in pages for item in page} == made\n'
    )


def _reader(resolved: ResolvedDesign, query: Query, read: Query | None) -> str | None:
    """Return who is sure to see the owner's rows in a list, or None where the table cannot say."""
    if read is None:
        return None
    lets_in, sees = expected_answers(resolved, query), expected_answers(resolved, read)
    return next((who for who in ("owner", "moderator") if lets_in[who] == 200 and sees[who] == 200), None)


def _holds_plain_rows(resolved: ResolvedDesign, spec: ListSpec) -> bool:
    return bool(spec.by and not spec.where and not spec.match and not spec.cache_seconds and resolved.design.auth)


def _edge_tests(resolved: ResolvedDesign, edge: Edge, plain: dict[str, Query]) -> list[str]:
    put, delete = plain.get("put_edge"), plain.get("delete_edge")
    if not put or not put.route or expected_answers(resolved, put)["stranger"] != 204 or edge.extra:
        return []
    name = edge.name
    lines = [
        f"async def test_a_{name}_is_there_once_however_often_it_is_put(world: World) -> None:",
        f'    path = await world.path("/v1{put.route.path}", others=True)',
        "    for _ in range(2):",
        '        assert (await world.call("stranger", "PUT", path)).status_code == 204',
        f'    assert await world.count("{edge.table}") == 1',
    ]
    if delete and asks_for_caller(resolved, put.route) and expected_answers(resolved, delete)["stranger"] == 204:
        lines += [
            "    for _ in range(2):",
            '        assert (await world.call("stranger", "DELETE", path)).status_code == 204',
            f'    assert await world.count("{edge.table}") == 0',
        ]
    return ["\n".join(lines) + "\n"]
