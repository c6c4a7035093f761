"""Rows of every kind for a list to show: of several makers, of every choice, below every kind, of two tenants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from string import ascii_lowercase

from backend_architect.design.model import Edge, Entity, Field, FieldType, ListSpec
from backend_architect.design.ranges import in_ranges
from backend_architect.design.routes import Route
from backend_architect.design.samples import numbered_sample, sample
from backend_architect.postgres import Refused
from backend_architect.proof.access.clauses import says
from backend_architect.proof.access.personas import OTHER_OWNER, Persona, named
from backend_architect.proof.access.tenancy import foreign_tenants, make_within
from backend_architect.proof.backend import Backend
from backend_architect.proof.routes import ProjectRoute, Request

KINDS_OF_PARENTS = 4
TIMES: dict[FieldType, tuple[str, ...]] = {
    FieldType.DATE: ("2001-01-31", str(datetime.now(UTC).date()), "2061-01-31"),
    FieldType.TIMESTAMP: ("2001-01-31T12:00:00+00:00", "2061-01-31T12:00:00+00:00"),
}
FREE = frozenset({FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL, FieldType.UUID})
OTHER = 7
"""The number of another value than the usual one."""
COMMON_WORD = "hello"
"""A word that every sample of a text has."""
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ListRows:
    """A list, and the parents to ask it for: the first has rows of every kind, one other each of its own kind."""

    route: ProjectRoute
    design: Route
    parents: tuple[str, ...]

    @property
    def spec(self) -> ListSpec:
        """Return the list as the design has it."""
        assert self.design.list is not None
        return self.design.list

    def request(self, parent: str, query: str = "") -> Request:
        """Return the request for the rows of one parent."""
        item = self.design.parent
        ids = dict.fromkeys([f"{item.to}_id"] if item else [], parent)
        return Request(self.route.method, self.route.path, ids, None, query)


def stock(backend: Backend, route: ProjectRoute, people: tuple[Persona, ...]) -> ListRows:
    """Return the list's shelf after making its rows."""
    assert route.design is not None
    design, owner = route.design, named(people, "owner")
    parents = _parents(backend, design, people)
    first = parents[0] if parents else ""
    other = backend.rows.make(backend.design.account.name, "") if backend.design.account else ""
    makers = (owner.actor.id, other)
    for maker, others in (makers, makers[::-1]) if other else (makers,):
        for given in _kinds(backend, design, (maker, others)):
            put_on(backend, design, maker, first, given)
    for persona in people:
        for given in ({}, *_about(backend, design, persona.actor.id)) if persona.me else ():
            put_on(backend, design, persona.actor.id, first, given)
    for parent in parents[1:]:
        put_on(backend, design, owner.actor.id, parent, {})
        put_on(backend, design, named(people, OTHER_OWNER).actor.id, parent, {})
    return ListRows(route, design, parents or ("",))


def put_on(backend: Backend, design: Route, maker: str, parent: str, given: Values) -> str:
    """Return the id of a new row that belongs to the list's parent; '' where the tables refuse such a row."""
    spec, item = design.list, design.parent
    assert spec is not None
    try:
        if item is None or not spec.through:
            return backend.rows.make(design.row.name, maker, {**given, **({item.column: parent} if item else {})})
        row = backend.rows.make(design.row.name, maker, given)
        edge = backend.design.rows_by_plural[spec.through[0]]
        assert isinstance(edge, Edge)
        backend.rows.make(edge.name, maker, {item.column: parent, edge.other(item).column: row})
    except Refused:  # two choices that a constraint keeps apart, or a pair of a row with itself
        return ""
    return row


def kinds_of(entity: Entity) -> Iterator[dict[str, object]]:
    """Give the values of a usual row, and of one with each other choice that its fields have."""
    yield {}
    taken = in_ranges(entity)
    for item in entity.fields.values():
        if item.name not in taken:
            usual = None if item.type is FieldType.INTEGER else item.default  # effects need numbers that are larger
            yield from ({item.column: choice} for choice in _choices(item) if choice != usual)


def _choices(item: Field) -> tuple[object, ...]:
    if item.type is FieldType.ONE_OF:
        return item.choices
    if item.type is FieldType.BOOLEAN:
        return (False, True)
    if item.type in {FieldType.INTEGER, FieldType.MONEY} and not item.unique:
        return (0 if item.min is None else int(item.min),)
    if item.unique or item.is_reference:
        return ()
    return TIMES.get(item.type, (sample(item),) if item.optional and item.type is not FieldType.FILE else ())


def _kinds(backend: Backend, design: Route, makers: tuple[str, str]) -> Iterator[Values]:
    """Give the kinds of rows, and a row below each kind of what it points at, by either maker, beside the parent."""
    entity = design.row
    assert isinstance(entity, Entity)
    yield from kinds_of(entity)
    yield from ({item.column: numbered_sample(item, OTHER)} for item in _filtered(entity, design.list))
    yield from _pairs(entity, design.list)
    for item, word in zip(_searched(entity, design.list), words_of(entity, design.list), strict=True):
        yield {item.column: f"{word} {'a' * (item.length[0] - len(word) - 1)}".strip()}
    for item in entity.references:
        target = backend.design.entities[item.to or ""]
        if target is backend.design.account or item.name in _filled(design):
            continue
        for maker in makers:
            for given in list(kinds_of(target))[: KINDS_OF_PARENTS + 1]:
                yield from ({item.column: made} for made in made(backend, target, maker, given))


def _pairs(entity: Entity, spec: ListSpec | None) -> Iterator[Values]:
    """Give rows that differ from a usual one in two of the values that the list or the read rule asks for."""
    rules = " ".join([spec.where or "" if spec else "", entity.allow.get("read", ""), *entity.rules.values()])
    kinds = [given for given in kinds_of(entity) if any(says(rules, name.removesuffix("_id")) for name in given)]
    for first, second in combinations(kinds, 2):
        if first.keys() != second.keys():
            yield {**first, **second}


def _about(backend: Backend, design: Route, person: str) -> Iterator[Values]:
    """Give the values of rows that point at a person who did not make them: an assignee, a guest."""
    account = backend.design.account
    for item in design.row.references:
        if account and item.set is None and item.to == account.name and item.name not in _filled(design):
            yield {item.column: person}


def words_of(entity: Entity, spec: ListSpec | None) -> tuple[str, ...]:
    """Return a word for each text that a list searches: it is in that text of some rows, and in no other."""
    return tuple(f"word{letter}x" for letter, _ in zip(ascii_lowercase, _searched(entity, spec), strict=False))


def searched_words(entity: Entity, spec: ListSpec) -> tuple[str, ...]:
    """Return the words that a list is searched for: one of most rows, one of each text alone."""
    return (COMMON_WORD, *words_of(entity, spec)) if spec.match else ()


def _searched(entity: Entity, spec: ListSpec | None) -> list[Field]:
    return [entity.fields[name] for name in (spec.match if spec else ()) if entity.fields[name].type is FieldType.TEXT]


def _filtered(entity: Entity, spec: ListSpec | None) -> list[Field]:
    """Return the fields that a list is filtered by and whose samples are all alike."""
    fields = [entity.fields[name] for name in (spec.filters if spec else ())]
    return [item for item in fields if item.type in FREE and not item.unique]


def _filled(design: Route) -> tuple[str, ...]:
    """Return the relation that the list's parent fills."""
    return (design.parent.name,) if design.parent and not (design.list and design.list.through) else ()


def _parents(backend: Backend, design: Route, people: tuple[Persona, ...]) -> tuple[str, ...]:
    """Return the ids of the list's parents: a usual one, one of each other kind, and one of another tenant."""
    item, owner, other = design.parent, named(people, "owner"), named(people, OTHER_OWNER)
    if item is None:
        return ()
    target = backend.design.entities[item.to or ""]
    if target is backend.design.account:
        return (owner.actor.id, other.actor.id)
    found = [backend.rows.make(target.name, owner.actor.id)]
    for given in list(kinds_of(target))[1 : KINDS_OF_PARENTS + 1]:
        found += made(backend, target, owner.actor.id, given)
    tenants = foreign_tenants(backend, other) if other.me else ()
    found += [make_within(backend, target, other.actor.id, tenants[-1])] if tenants else []
    found += [backend.rows.make(target.name, other.actor.id)] if other.me and not tenants else []
    return tuple(found)


def made(backend: Backend, entity: Entity, maker: str, given: Values) -> Iterator[str]:
    """Give the id of a new row; nothing where the tables refuse such a row."""
    try:
        yield backend.rows.make(entity.name, maker, given)
    except Refused:
        return
