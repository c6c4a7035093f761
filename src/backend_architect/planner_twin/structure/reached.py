"""The part of a structure that some statements can reach: on a large schema it is most often a small one.

What is called by a name that a statement holds is reached, and then whatever is named in its definition, and so on:
views, functions, types, rules, the functions of an index. A name that means something else here (a column that is
called like a table) reaches more than is needed, never less. A table brings those below it, those that it is a part
of, and those that its foreign keys point to.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from backend_architect.planner_twin.structure.model import Definition, Named, Structure, StructureTable
from backend_architect.planner_twin.structure.names import names_in, place_of

FOREIGN_KEY = "foreign key"
ALWAYS = "text search configuration"
"""A parameter may name it."""
Place = tuple[str, ...]
"""A schema and a name."""


@dataclass(slots=True)
class _Object:
    """What is called by one schema and name: the texts that define it, and the tables above and below it."""

    texts: list[str] = field(default_factory=list)
    above: list[Place] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)


def reached(structure: Structure, texts: Iterable[str]) -> Structure:
    """Return the structure with only what statements of these texts can reach, in its order.

    Schemas, extensions, settings and collations stay as they are.
    """
    names = frozenset().union(*map(names_in, texts))
    reach = _Reach(structure)
    mentioned = reach.of(names, ())
    partners = {key.tables[-1] for key in _foreign_keys(structure) if key.tables[0] in mentioned.places}
    found = reach.of(names, partners)
    return replace(
        structure,
        types=_kept(structure.types, found.places),
        code=_kept(structure.code, found.places),
        tables=tuple(table for table in structure.tables if _own(table) in found.places),
        views=_kept(structure.views, found.places),
        rest=tuple(each for each in structure.rest if found.places.issuperset(each.tables)),
        left_out=tuple(each for each in structure.left_out if _matters(each, found, reach.objects)),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What was reached, and every name on the way."""

    places: frozenset[Place]
    names: frozenset[str]


class _Reach:
    """The objects of a structure, and who calls whom."""

    def __init__(self, structure: Structure) -> None:
        self.objects = _objects(structure)
        self._called: dict[str, list[Place]] = {}
        for place in self.objects:
            self._called.setdefault(place[-1], []).append(place)

    def of(self, names: Collection[str], also: Collection[Place]) -> _Found:
        """Return what is reached from these names, and from tables that are only looked at by themselves."""
        found: dict[Place, bool] = {}
        seen: set[str] = set()
        todo = [(place, False) for place in also]
        todo += self._call(names, seen)
        while todo:
            place, called = todo.pop()
            if place not in self.objects or (place in found and found[place] >= called):
                continue
            found[place] = called
            own = self.objects[place]
            todo += [(above, False) for above in own.above]
            todo += [(below, True) for below in own.below] if called else []
            for text in own.texts:
                todo += self._call(names_in(text) - {place[-1]}, seen)  # a table's index names the table
        return _Found(frozenset(found), frozenset(seen))

    def _call(self, names: Collection[str], seen: set[str]) -> list[tuple[Place, bool]]:
        new = set(names) - seen
        seen |= new
        return [(place, True) for name in new for place in self._called.get(name, ())]


def _objects(structure: Structure) -> Mapping[Place, _Object]:
    found: dict[Place, _Object] = {}
    for definition in (*structure.types, *structure.code, *structure.views):
        found.setdefault(place_of(definition.name), _Object()).texts.append(definition.sql)
    for table in structure.tables:
        own = found.setdefault(_own(table), _Object())
        own.above += map(place_of, table.parents)
        own.texts += [table.partitioned_by, *(f"{each.type} {each.default}" for each in table.columns)]
    for place, own in list(found.items()):
        for above in own.above:
            found.setdefault(above, _Object()).below.append(place)
    for definition in structure.rest:
        if definition.kind != FOREIGN_KEY:
            for place in definition.tables:
                found.setdefault(place, _Object()).texts.append(definition.sql)
    return found


def _foreign_keys(structure: Structure) -> Iterator[Definition]:
    return (each for each in structure.rest if each.kind == FOREIGN_KEY and each.tables)


def _kept(definitions: Iterable[Definition], places: Collection[Place]) -> tuple[Definition, ...]:
    return tuple(each for each in definitions if each.kind == ALWAYS or place_of(each.name) in places)


def _matters(named: Named, found: _Found, objects: Mapping[Place, _Object]) -> bool:
    """Return whether something that is left out could be reached; what a part of the catalog refused may be."""
    place = place_of(named.name)
    return len(place) < 2 or (place in found.places if place in objects else place[-1] in found.names)


def _own(table: StructureTable) -> Place:
    return table.schema, table.name
