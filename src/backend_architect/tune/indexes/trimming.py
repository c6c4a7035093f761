"""Indexes as short as they may be: a key or an included column that no plan needs is still written by every write."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from backend_architect.tune.indexes.costs import Set
from backend_architect.tune.indexes.model import NewIndex

AsGood = Callable[[Set, Set], bool]


def trimmed(chosen: Set, is_as_good: AsGood) -> Set:
    """Return the set with every key and included column taken away without which `is_as_good` finds it as good."""
    for index in sorted(chosen):
        current, shorter = index, _next(index, chosen, is_as_good)
        while shorter is not None:
            chosen = (chosen - {current}) | {shorter}
            current, shorter = shorter, _next(shorter, chosen, is_as_good)
    return chosen


def _next(index: NewIndex, chosen: Set, is_as_good: AsGood) -> NewIndex | None:
    others = chosen - {index}
    return next((each for each in _shorter(index) if each not in others and is_as_good(chosen, others | {each})), None)


def _shorter(index: NewIndex) -> Iterator[NewIndex]:
    """Give the index without one of its parts, the last first; the first key decides what it is for."""
    if index.method != "btree":
        return
    for column in reversed(index.included):
        yield replace(index, included=tuple(each for each in index.included if each != column))
    for place in range(len(index.keys) - 1, 0, -1):
        yield replace(index, keys=(*index.keys[:place], *index.keys[place + 1 :]))
