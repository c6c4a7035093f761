"""Whole designs that can be built: generated rules in every place that a design has for them."""

from dataclasses import replace

from backend_architect.design import LoadedDesign, check_design, read_design, write_design
from backend_architect.design.model import (
    Auth,
    Computed,
    Count,
    Design,
    Edge,
    Entity,
    Field,
    FieldType,
    ListSpec,
    Order,
)
from tests.oracle.expressions import Choose, Known, expression, pick, some

KINDS = (
    *(FieldType.TEXT, FieldType.INTEGER, FieldType.DECIMAL, FieldType.BOOLEAN, FieldType.DATE, FieldType.TIMESTAMP),
    *(FieldType.ONE_OF, FieldType.BOOLEAN, FieldType.ONE_OF),
)
NAMES = ("size", "state", "title", "day", "until", "open", "level")
NEWEST = Order("created_at", descending=True)


def make_whole_design(choose: Choose) -> LoadedDesign:
    """Return a design without problems: a rule that the checker refuses is replaced by a plain one."""
    design = _with_rules(choose, _stored(choose))
    for _ in range(8):
        loaded = read_design(write_design(design))
        problems = check_design(loaded)
        if not problems:
            return loaded
        for problem in problems:
            design = _without(design, problem.place.path.split("."))
    raise AssertionError([str(problem) for problem in problems])


def _stored(choose: Choose) -> Design:
    account = {
        "name": Field("name", FieldType.TEXT, max=80),
        "level": Field("level", FieldType.INTEGER, max=9, optional=True),
    }
    owner = Field("owner", FieldType.REFERENCE, to="user", set="me", on_delete="cascade")
    post = {"owner": owner, **_fields(choose)}
    item_relations = {
        "post": Field("post", FieldType.REFERENCE, to="post", on_delete="cascade", optional=bool(choose(2))),
        "maker": Field("maker", FieldType.REFERENCE, to="user", set="me", on_delete="cascade"),
    }
    like = Edge(
        "like", "likes",
        (
            Field("user", FieldType.REFERENCE, to="user", set="me", on_delete="cascade"),
            Field("post", FieldType.REFERENCE, to="post", on_delete="cascade"),
        ),
        {"state": _field(choose, "state")} if choose(2) else {},
    )  # fmt: skip
    entities = {
        "user": Entity("user", "users", account, allow={"read": "anyone", "update": "id = me"}),
        "post": Entity("post", "posts", post, counts={"likes": Count("likes", "likes", "post")}),
        "item": Entity("item", "items", {**item_relations, **_fields(choose)}),
    }
    pin = {"counters": pick(choose, ("kept", "computed"))}
    roles = ("moderator",) if choose(2) else ()
    return Design("generated", pin=pin, auth=Auth("user", roles=roles), entities=entities, edges={"like": like})


def _fields(choose: Choose) -> dict[str, Field]:
    return {name: _field(choose, name) for name in some(choose, NAMES, 4, 2)}


def _field(choose: Choose, name: str) -> Field:
    kind = pick(choose, KINDS)
    choices = ("draft", "placed") if kind is FieldType.ONE_OF else ()
    most = 100 if kind is FieldType.INTEGER else 80 if kind is FieldType.TEXT else None
    return Field(name, kind, optional=bool(choose(2)), choices=choices, max=most)


def _with_rules(choose: Choose, design: Design) -> Design:
    for name in ("post", "item", "like"):
        design = _put(design, replace(_row(design, name), rules=_rules(choose, design, name)))
    for name in ("post", "item"):
        entity = design.entities[name]
        computed = {}
        for value, kind in (("holds", "bool"), ("number", "int")):
            asked = FieldType.BOOLEAN if kind == "bool" else FieldType.INTEGER
            computed[value] = Computed(value, expression(choose, Known(design, entity), kind, 2), asked)
        design = _put(design, replace(entity, computed=computed))
    for name in ("post", "item", "like"):
        row = _row(design, name)
        actions = ("read", "create", "update", "delete") if isinstance(row, Entity) else ("read", "create", "delete")
        allow = {action: expression(choose, Known(design, row), "bool", 2) for action in actions}
        design = _put(design, replace(row, allow=allow))
    stamp = Field("stamp", FieldType.INTEGER, set=expression(choose, Known(design, design.entities["item"]), "int", 1))
    design = _put(design, replace(design.entities["item"], fields={**design.entities["item"].fields, "stamp": stamp}))
    return replace(design, lists=_lists(choose, design))


def _rules(choose: Choose, design: Design, name: str) -> dict[str, str]:
    return {rule: expression(choose, Known(design, _row(design, name)), "bool", 2) for rule in ("mine", "visible")}


def _lists(choose: Choose, design: Design) -> tuple[ListSpec, ...]:
    found = []
    for entity in (design.entities["post"], design.entities["item"]):
        kinds = {FieldType.BOOLEAN, FieldType.ONE_OF, FieldType.INTEGER}
        filters = tuple(name for name, item in entity.fields.items() if item.type in kinds and not item.set)[:2]
        where = expression(choose, Known(design, entity), "bool", 2)
        found += [ListSpec(entity.plural, entity.name, NEWEST, filters=filters)]
        found += [ListSpec(f"chosen_{entity.plural}", entity.name, NEWEST, where=where)]
    return (*found, ListSpec("items of post", "item", NEWEST, by="post"))


def _row(design: Design, name: str) -> Entity | Edge:
    return design.entities.get(name) or design.edges[name]


def _put(design: Design, row: Entity | Edge) -> Design:
    if isinstance(row, Entity):
        return replace(design, entities={**design.entities, row.name: row})
    return replace(design, edges={**design.edges, row.name: row})


def _without(design: Design, path: list[str]) -> Design:
    """Return the design with a plain expression, or none, in the place of one that is refused."""
    if path[0] == "lists":
        kept = tuple(spec for spec in design.lists if spec.name != path[1])
        plain = [replace(spec, where=None) for spec in design.lists if spec.name == path[1] and spec.where]
        return replace(design, lists=(*kept, *(plain if path[2:] == ["where"] else [])))
    row, part, name = _row(design, path[1]), path[2], (path[3:] or [""])[0]
    if part in {"allow", "rules"}:
        plain = {"create": "signed_in", "update": "signed_in", "delete": "signed_in"}.get(name, "anyone")
        return _put(design, replace(row, **{part: {**getattr(row, part), name: plain}}))  # type: ignore[arg-type]
    assert isinstance(row, Entity), path
    if part == "computed":
        return _put(design, replace(row, computed={k: v for k, v in row.computed.items() if k != name}))
    return _put(design, replace(row, fields={k: v for k, v in row.fields.items() if k != name}))
