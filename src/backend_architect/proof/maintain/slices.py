"""Slices that do not tangle: no slice imports another's routes, none in a circle, and each table has one writer."""

import re
from collections.abc import Iterator, Mapping

from backend_architect.design.model import Design, Entity
from backend_architect.design.states import changed_by_action
from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.maintain.source import SourceFile, read_source
from backend_architect.proof.probe import Probe

NAMED = r"(?:/\*.*?\*/\s*)?"
WRITES = re.compile(
    rf'\bINSERT\s+{NAMED}INTO\s+"?(\w+)|\bUPDATE\s+{NAMED}"?(\w+)"?\s+SET\b|\bDELETE\s+{NAMED}FROM\s+"?(\w+)'
)


def slices(lab: Lab) -> Iterator[Case]:
    """Give a case for each of the three."""
    source = read_source(lab.subject.folder)
    own = {row.file.split("/")[1] for row in lab.subject.access}
    yield _case("routes", "no slice imports another's routes", list(_foreign_routes(source)), "move it to queries.py")
    circle = _circle(_graph(source, own))
    advice = "move what both need into the one that is imported, or into a file of its own"
    yield _case("circles", "no slice imports itself in a circle", [" → ".join(circle)] if circle else [], advice)
    writers = list(_second_writers(lab.subject.design, source, own))
    yield _case("writers", "each table is written by its own slice", writers, "call the slice that owns the table")


def _case(title: str, expected: str, wrong: list[str], advice: str) -> Case:
    if wrong:
        return Case(title, Verdict.FAILED, expected, "; ".join(wrong), advice=advice)
    return Case(title, Verdict.HELD, expected, "none")


def _foreign_routes(source: tuple[SourceFile, ...]) -> Iterator[str]:
    for file in (file for file in source if file.slice):
        for name in file.imports():
            parts = name.split(".")
            if parts[0] == "app" and "routes" in parts[2:4] and parts[1] != file.slice:
                yield f"{file.path} imports {name}"


def _graph(source: tuple[SourceFile, ...], own: set[str]) -> dict[str, set[str]]:
    """Return the slices that each slice imports."""
    graph: dict[str, set[str]] = {name: set() for name in own}
    for file in (file for file in source if file.slice in own):
        named = {name.split(".")[1] for name in file.imports() if name.startswith("app.") and name.count(".") > 1}
        graph[file.slice] |= (named & own) - {file.slice}
    return graph


def _circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the slices of a circle, its first one at both ends, or nothing."""

    def walk(path: list[str]) -> list[str]:
        for name in sorted(graph[path[-1]]):
            if name in path:
                return [*path[path.index(name) :], name]
            if found := walk([*path, name]):
                return found
        return []

    return next((found for name in sorted(graph) if (found := walk([name]))), [])


def _second_writers(design: Design, source: tuple[SourceFile, ...], own: set[str]) -> Iterator[str]:
    """Give each table that is written outside its slice, unless the design asks for that by an effect or an action."""
    tables = {row.table: row.plural for row in design.rows_by_plural.values()}
    effects = {(entity.plural, table) for entity in design.entities.values() for table in _changed(design, entity)}
    for file in source:
        for found in WRITES.finditer(file.text):
            table = next(filter(None, found.groups()))
            owner = tables.get(table)
            account = design.account is not None and table == design.account.table and file.slice == "auth"
            if owner and file.slice != owner and (file.slice, table) not in effects and not account:
                yield f"{file.path} writes {table}, which is {owner}'s"


def _changed(design: Design, entity: Entity) -> Iterator[str]:
    """Give the tables that an entity's effects and actions change."""
    for action in entity.actions.values():
        yield from (design.entities[of].table for of, _ in changed_by_action(entity, action) if of in design.entities)
    for effect in entity.effects.values():
        for path in effect:
            item = entity.fields.get(path.split(".")[0])
            target = design.entities.get(item.to or "") if item else None
            if target:
                yield target.table


PROBE = Probe("slices", Group.MAINTAIN, "slices do not tangle, and each table is written by its own", slices)
