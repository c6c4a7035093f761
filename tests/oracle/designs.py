"""Small designs of every kind of row, for the comparison of both readings: names are few, so that rows share them."""

from dataclasses import replace

from backend_architect.design.model import Auth, Computed, Count, Design, Edge, Entity, Field, FieldType
from tests.oracle.expressions import Choose, Known, expression, members_of, pick, some

KINDS = tuple(kind for kind in FieldType if kind is not FieldType.REFERENCE)
NAMES = ("size", "state", "name", "day", "until", "span", "open", "price", "level", "note", "code", "rank")
RELATIONS = ("owner", "parent", "post", "item", "author")
ENTITIES = {"user": "users", "post": "posts", "item": "items"}
EDGES = {"like": "likes", "member": "members"}
CHOICES = ("draft", "placed")
COMPUTED_TYPES = {
    "int": FieldType.INTEGER, "dec": FieldType.DECIMAL, "text": FieldType.TEXT, "ts": FieldType.TIMESTAMP,
    "bool": FieldType.BOOLEAN, "date": FieldType.DATE, "span": FieldType.DURATION,
}  # fmt: skip


def make_design(choose: Choose) -> Design:
    """Return a design with counts, computed values and rules that use each other."""
    design = _stored(choose)
    for plural, row in design.rows_by_plural.items():
        if isinstance(row, Entity) and choose(2):
            design = _with(design, replace(row, counts=_counts(design, row)))
        for name in some(choose, ("mine", "visible", "fresh"), 2):
            now = design.rows_by_plural[plural]
            rules = {**now.rules, name: expression(choose, Known(design, now), "bool", 2)}
            design = _with(design, replace(now, rules=rules))
        now = design.rows_by_plural[plural]
        if isinstance(now, Entity) and choose(2):
            kind = pick(choose, sorted(COMPUTED_TYPES))
            text = expression(choose, Known(design, now), kind, 2)
            design = _with(design, replace(now, computed={"total": Computed("total", text, COMPUTED_TYPES[kind])}))
    return design


def _stored(choose: Choose) -> Design:
    """Return a design of stored fields alone."""
    names = tuple(ENTITIES)[: 2 + choose(2)]
    entities = {name: Entity(name, ENTITIES[name], _fields(choose, names)) for name in names}
    edges = {}
    for name in tuple(EDGES)[: choose(3)]:
        sides = some(choose, ("user", "post", "target"), 2, 2)
        pair = [Field(side, FieldType.REFERENCE, to=side if side in names else names[0]) for side in sides]
        extra = {each: _field(choose, each) for each in some(choose, NAMES[:4], 2)}
        edges[name] = Edge(name, EDGES[name], (pair[0], pair[1]), extra)
    roles = ("moderator",) if choose(2) else ()
    return Design("generated", auth=Auth("user", roles=roles), entities=entities, edges=edges)


def _fields(choose: Choose, names: tuple[str, ...]) -> dict[str, Field]:
    relations = [
        Field(name, FieldType.REFERENCE, to=pick(choose, names), optional=bool(choose(2)))
        for name in some(choose, RELATIONS, 2)
    ]
    return {item.name: item for item in [*relations, *(_field(choose, each) for each in some(choose, NAMES, 5, 2))]}


def _field(choose: Choose, name: str) -> Field:
    """Return a stored field of any type but a relation."""
    kind = pick(choose, KINDS)
    most = pick(choose, (None, 100)) if kind is FieldType.INTEGER else None
    choices = CHOICES if kind is FieldType.ONE_OF else ()
    item = FieldType.TEXT if kind is FieldType.LIST else None
    currency = "EUR" if kind is FieldType.MONEY else None
    return Field(name, kind, optional=bool(choose(2)), max=most, choices=choices, item=item, currency=currency)


def _counts(design: Design, entity: Entity) -> dict[str, Count]:
    found = [
        Count(f"{row.plural}_{item.name}", row.plural, item.name)
        for row in design.rows_by_plural.values()
        for item in row.references
        if item.to == entity.name
    ]
    return {count.name: count for count in found[:2] if count.name not in members_of(entity)}


def _with(design: Design, row: Entity | Edge) -> Design:
    if isinstance(row, Entity):
        return replace(design, entities={**design.entities, row.name: row})
    return replace(design, edges={**design.edges, row.name: row})
