"""A search for the set of indexes that saves the most within a budget.

Two greedy starts (most saved for each byte, most saved at all) are improved by moves until none helps: leave one out,
put another in its place, add one and leave out what is least worth its room. Where not all fits the best set is then
shaken: each index is left out once, then each two, and the room filled anew. A move whose gain cannot be enough,
by what the planner has said already, is not planned at all. The outcome is the same for the same workload, whatever
order it comes in: every choice is made in the order of names.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from itertools import combinations

from backend_architect.tune.indexes.cost_model import CostModel
from backend_architect.tune.indexes.costs import Set
from backend_architect.tune.indexes.model import NewIndex

ROUNDS = 12
SLIGHT = 1e-9
MOST_SWAPS = 20_000
PERTURB_PLANS, PERTURB_PAIR_PLANS = 1_500, 4_000  # plans that shaking may ask for
Worth = Callable[[float, int], float]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A set, and whether the search came to its end."""

    chosen: Set
    finished: bool


def best_set(
    cost_model: CostModel, bundles: Iterable[Set], start: Set = frozenset(), known: Set = frozenset()
) -> SearchResult:
    """Return the best set found, past the deadline the best yet; `bundles` are sets that only help together.

    It is never worse than `known`, as far as the planner could be asked.
    """
    search = _Search(cost_model, bundles, known or start)
    try:
        for worth in (_by_byte, _at_all):
            search.improve(search.greedy(worth, start))
        if cost_model.is_bound:
            search.perturb()
    except TimeoutError:
        return SearchResult(search.best, finished=False)
    return SearchResult(search.best, finished=True)


def _by_byte(saved: float, size: int) -> float:
    return saved / max(size, 1)


def _at_all(saved: float, size: int) -> float:
    return saved


class _Search:
    """One search: what may be added, and the best set that was seen."""

    def __init__(self, cost_model: CostModel, bundles: Iterable[Set], best: Set) -> None:
        self._cost_model = cost_model
        self.best = best
        together = sorted({each for each in bundles if len(each) > 1}, key=sorted)
        self._additions = (*(frozenset({each}) for each in cost_model.candidates), *together)
        self._losses: tuple[Set, dict[NewIndex, float]] = frozenset(), {}
        self._filled: tuple[Set, float] = frozenset(), 0.0

    def greedy(self, worth: Worth, start: Set) -> Set:
        """Return the set that grows by whatever is worth most; a worth is looked at again when it is on top."""
        chosen = start
        ranked = [(-float("inf"), number) for number in range(len(self._additions))]  # the greatest worth first
        heapify(ranked)
        while ranked:
            number = ranked[0][1]
            value = self._worth(chosen, self._additions[number], worth)
            if value is None:
                heappop(ranked)
            elif all(value >= -next_best for next_best, _ in ranked[1:3]):
                chosen |= self._additions[number]
                heappop(ranked)
                self._note(chosen)
            else:
                heapreplace(ranked, (-value, number))
        return chosen

    def improve(self, chosen: Set) -> None:
        """Make every move that saves something, until none does."""
        for _ in range(ROUNDS):
            before = chosen
            for move in self._moves(before):
                moved = self._moved(move, chosen)
                if moved is not None and self._cost_model.saved(chosen, moved) > SLIGHT:
                    chosen = moved
                    self._note(chosen)
            if chosen == before:
                return

    def perturb(self) -> None:
        """Leave out each index of the best set, then each two, fill their room anew, and go on from what is better."""
        for number, most in ((1, PERTURB_PLANS), (2, PERTURB_PAIR_PLANS)):
            until = self._cost_model.costs.asked + most
            before: Set = frozenset()
            while before != self.best and self._cost_model.costs.asked < until:
                before = self.best
                for out in combinations(sorted(before), number):
                    if self.best.issuperset(out) and self._cost_model.costs.asked < until:
                        self._refill(self.best.difference(out), frozenset(out))

    def _refill(self, chosen: Set, without: Set) -> None:
        best = self.best
        additions = self._additions
        self._additions = tuple(each for each in additions if not without & each)
        try:
            refilled = self.greedy(_by_byte, chosen)
        finally:
            self._additions = additions
        if self.best != best:
            self.improve(refilled)

    def _note(self, chosen: Set) -> None:
        if self._cost_model.saved(self.best, chosen) > SLIGHT:
            self.best = chosen

    def _worth(self, chosen: Set, move: Set, worth: Worth) -> float | None:
        """Return what adding a move is worth, None where it does not fit or saves nothing."""
        new = move - chosen
        if not new or not self._has_room(chosen, new) or self._cost_model.most_saved(chosen, new) <= SLIGHT:
            return None
        saved = self._cost_model.saved(chosen, chosen | new)
        return worth(saved, self._cost_model.bytes(new)) if saved > SLIGHT else None

    def _has_room(self, chosen: Set, new: Set) -> bool:
        if not self._cost_model.is_bound:
            return True
        if self._filled[0] is not chosen:
            self._filled = chosen, self._cost_model.at_most(chosen)
        return self._cost_model.has_room(self._filled[1] + self._cost_model.at_most(new))

    def _moves(self, chosen: Set) -> Iterator["_Move"]:
        for index in sorted(chosen):
            yield _Move(frozenset({index}), frozenset())
        few = self._cost_model.is_bound and len(chosen) * len(self._cost_model.candidates) <= MOST_SWAPS
        for index in sorted(chosen):
            for other in self._cost_model.candidates:
                same = (other.schema, other.table) == (index.schema, index.table)
                if other not in chosen and (same or few):  # another table's only makes room
                    yield _Move(frozenset({index}), frozenset({other}))
        yield from (_Move(frozenset(), each) for each in self._additions if not each <= chosen)

    def _moved(self, move: "_Move", current: Set) -> Set | None:
        """Return what a move makes of a set, None where it cannot be made or cannot save anything."""
        if not move.out <= current or (move.into and move.into <= current):
            return None
        moved = (current - move.out) | move.into
        if not self._cost_model.fits(moved):
            if self._cost_model.most_saved(current, move.into - current) <= SLIGHT:
                return None
            moved = self._with_room(current, moved, move.into)
        out, into = current - moved, moved - current
        if into and self._cost_model.most_saved(current, into, out) <= SLIGHT:
            return None
        return moved if moved != current and self._cost_model.fits(moved) else None

    def _with_room(self, current: Set, moved: Set, kept: Set) -> Set:
        """Return the set without what is least worth its room, until it fits or only `kept` is left.

        What an index is worth changes with another of its table: then it is asked anew.
        """
        losses = self._losses_of(current)
        tables = {(each.schema, each.table) for each in kept}
        near = {each for each in moved - kept if (each.schema, each.table) in tables}
        worth = losses | {each: self._cost_model.saved(moved - {each}, moved) for each in sorted(near)}
        for index in sorted(moved - kept, key=lambda each: (worth[each] / max(self._cost_model.sizes[each], 1), each)):
            if self._cost_model.fits(moved):
                break
            moved -= {index}
        return moved

    def _losses_of(self, current: Set) -> dict[NewIndex, float]:
        """Return what each index of a set is worth in it."""
        if self._losses[0] != current:
            losses = {each: self._cost_model.saved(current - {each}, current) for each in sorted(current)}
            self._losses = current, losses
        return self._losses[1]


@dataclass(frozen=True, slots=True)
class _Move:
    """Leave `out` and put `into`."""

    out: Set
    into: Set
