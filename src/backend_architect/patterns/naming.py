"""Names for what a brief named itself, so that none means two things in a design."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backend_architect.design.check.names import IN_PYTHON, IN_RULES
from backend_architect.design.check.plurals import RESERVED_PLURALS
from backend_architect.design.model import IMPLIED_FIELDS
from backend_architect.design.names import RESERVED_SQL, plural_of
from backend_architect.patterns.pattern import Pattern

MEANINGFUL = RESERVED_SQL | IN_PYTHON | frozenset((*IN_RULES, *IMPLIED_FIELDS, "name", "description", "owner"))


def usable_name(noun: str, taken: frozenset[str], plural: str) -> str:
    """Return the noun, or `<noun>_item` where the noun already means something else."""
    clashes = {noun, plural, plural_of(noun)} & (taken | MEANINGFUL) or plural in RESERVED_PLURALS
    return f"{noun}_item" if clashes else noun


def names_in(patterns: Iterable[Pattern]) -> frozenset[str]:
    """Return every name that the patterns give to entities, edges, fields, rules, lists and roles."""
    found: set[str] = set()
    for pattern in patterns:
        body = pattern.body
        for part in (body.fragment, body.alone, *body.beside.values(), body.everywhere):
            found.update(part.get("auth", {}).get("roles", ()))
            found.update(_keys({key: part.get(key, {}) for key in ("entities", "edges", "lists")}))
    return frozenset(found)


def rows_in(patterns: Iterable[Pattern]) -> frozenset[str]:
    """Return the names of the entities and edges that the patterns bring."""
    fragments = [pattern.body.fragment for pattern in patterns]
    return frozenset(name for part in fragments for key in ("entities", "edges") for name in part.get(key, {}))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _keys(item)
