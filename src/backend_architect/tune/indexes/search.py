"""A search for the set of indexes that saves the most within a budget.

Two greedy starts (most saved for each byte, most saved at all) are improved by moves until none helps: leave one out,
put another in its place, add one and leave out what it makes least worth its room. It is the same for the same
workload, whatever order it comes in: every choice is made in the order of names.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from backend_architect.tune.indexes.costs import Set
from backend_architect.tune.indexes.pool import Pool

ROUNDS = 12
SLIGHT = 1e-9
Worth = Callable[[float, int], float]


@dataclass(frozen=True, slots=True)
class Found:
    """A set, and whether the search came to its end."""

    chosen: Set
    finished: bool


def best_set(pool: Pool, bundles: Iterable[Set], start: Set = frozenset()) -> Found:
    """Return the best set found, past the deadline the best yet; `bundles` are sets that only help together."""
    best = start
    together = tuple(sorted({each for each in bundles if len(each) > 1}, key=sorted))
    try:
        for worth in (_by_byte, _at_all):
            found = _improved(pool, _greedy(pool, together, worth, start), together)
            if pool.saved(best, found) > SLIGHT:
                best = found
    except TimeoutError:
        return Found(best, finished=False)
    return Found(best, finished=True)


def _by_byte(saved: float, size: int) -> float:
    return saved / max(size, 1)


def _at_all(saved: float, size: int) -> float:
    return saved


def _greedy(pool: Pool, together: tuple[Set, ...], worth: Worth, start: Set) -> Set:
    """Return the set that grows by whatever is worth most each time; a worth is looked at again when it is on top."""
    chosen = start
    moves = [frozenset({each}) for each in pool.candidates] + list(together)
    ranked = [(float("inf"), number) for number in range(len(moves))]
    while ranked:
        ranked.sort(key=lambda each: (-each[0], each[1]))
        _, number = ranked[0]
        value = _worth(pool, chosen, moves[number], worth)
        if value is None:
            ranked.pop(0)
        elif len(ranked) == 1 or value >= ranked[1][0]:
            chosen |= moves[number]
            ranked.pop(0)
        else:
            ranked[0] = (value, number)
    return chosen


def _worth(pool: Pool, chosen: Set, move: Set, worth: Worth) -> float | None:
    """Return what adding a move is worth, None where it does not fit or saves nothing."""
    new = move - chosen
    if not new or not pool.fits(chosen | new):
        return None
    saved = pool.saved(chosen, chosen | new)
    return worth(saved, pool.bytes(new)) if saved > SLIGHT else None


def _improved(pool: Pool, chosen: Set, together: tuple[Set, ...]) -> Set:
    """Return the set after every move that saves something, until none does."""
    for _ in range(ROUNDS):
        before = chosen
        for move in _moves(pool, before, together):
            moved = move.on(pool, chosen)
            if moved is not None and moved != chosen and pool.fits(moved) and pool.saved(chosen, moved) > SLIGHT:
                chosen = moved
        if chosen == before:
            break
    return chosen


@dataclass(frozen=True, slots=True)
class _Move:
    """Leave `out` and put `in_`; where there is no room, leave out what is least worth it."""

    out: Set
    in_: Set

    def on(self, pool: Pool, current: Set) -> Set | None:
        if not self.out <= current or (self.in_ and self.in_ <= current):
            return None
        moved = (current - self.out) | self.in_
        return moved if self.out else _with_room(pool, moved, self.in_)


def _moves(pool: Pool, chosen: Set, together: tuple[Set, ...]) -> Iterator[_Move]:
    for index in sorted(chosen):
        yield _Move(frozenset({index}), frozenset())
    for index in sorted(chosen):
        for other in pool.candidates:
            if (other.schema, other.table) == (index.schema, index.table) and other not in chosen:
                yield _Move(frozenset({index}), frozenset({other}))
    for bundle in (*(frozenset({each}) for each in pool.candidates if each not in chosen), *together):
        yield _Move(frozenset(), bundle)


def _with_room(pool: Pool, moved: Set, kept: Set) -> Set | None:
    """Return the set without what is least worth its room, until it fits; `kept` stays."""
    while not pool.fits(moved):
        rest = sorted(moved - kept)
        if not rest:
            return None
        losses = {each: pool.saved(moved - {each}, moved) / max(pool.sizes[each], 1) for each in rest}
        moved -= {min(rest, key=lambda each: (losses[each], each))}
    return moved
