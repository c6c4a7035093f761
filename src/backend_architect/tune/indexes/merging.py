"""Indexes that do the work of two: the keys of one, then what the other has more."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations

from backend_architect.tune.indexes.model import NewIndex

MOST_KEYS = 6
MOST_INCLUDED = 10


def merged(indexes: Iterable[NewIndex]) -> Iterator[tuple[NewIndex, NewIndex, NewIndex]]:
    """Yield each pair of a table's indexes with an index that serves what both do, somewhat."""
    for one, other in permutations(sorted(indexes), 2):
        if _alike(one, other):
            for index in _merge(one, other):
                if index not in {one, other}:
                    yield one, other, index


def _alike(one: NewIndex, other: NewIndex) -> bool:
    same = (one.schema, one.table, one.method) == (other.schema, other.table, other.method)
    return same and one.method == "btree" and (one.predicate == other.predicate or not one.predicate)


def _merge(one: NewIndex, other: NewIndex) -> Iterator[NewIndex]:
    named = {(key.column, key.expression) for key in one.keys}
    more = tuple(key for key in other.keys if (key.column, key.expression) not in named)
    keys = (*one.keys, *more)
    if len(keys) <= MOST_KEYS:
        yield replace(one, keys=keys, included=_rest((*one.included, *other.included), keys))
    columns = tuple(key.column for key in more if key.column)
    if len(columns) == len(more):
        yield replace(one, included=_rest((*one.included, *columns, *other.included), one.keys))


def _rest(included: tuple[str, ...], keys: Iterable[object]) -> tuple[str, ...]:
    held = {getattr(key, "column", "") for key in keys}
    return tuple(dict.fromkeys(sorted(each for each in included if each not in held)))[:MOST_INCLUDED]
