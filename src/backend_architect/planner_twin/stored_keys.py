"""The entries that a btree's keys are stored in: a key of several rows is stored once, with lists of where they are.

The figures are those of nbtdedup.c.
"""

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, count, islice

from backend_architect.planner_twin.entry_bytes import aligned
from backend_architect.planner_twin.leaf_pages import PAGE, POINTER

ROW_ADDRESS = 6
LONGEST = (PAGE // 10 // 8 * 8 - POINTER) // 8 * 8
GOLDEN = (math.sqrt(5) - 1) / 2
Entry = tuple[int, int]
"""The bytes of an entry, and those of its list of rows among them."""


@dataclass(frozen=True, slots=True)
class StoredKeys:
    """So many keys in so many rows each; `entry` are the bytes of one without a list."""

    keys: float
    rows: int
    entry: int

    @property
    def entries(self) -> Iterator[Entry]:
        """Give what one key is stored in."""
        full, rest = divmod(self.rows, self._longest)
        yield from (self._with_list(self._longest) for _ in range(full))
        if rest:
            yield self._with_list(rest)

    @property
    def bytes(self) -> float:
        """Return what all of the keys take, with the pointers to their entries."""
        full, rest = divmod(self.rows, self._longest)
        size = full * (self._with_list(self._longest)[0] + POINTER)
        return self.keys * (size + (self._with_list(rest)[0] + POINTER if rest else 0))

    @property
    def _longest(self) -> int:
        return max((LONGEST - self.entry) // ROW_ADDRESS, 1)

    def _with_list(self, rows: int) -> Entry:
        if rows == 1:
            return self.entry, 0
        return aligned(self.entry + rows * ROW_ADDRESS), rows * ROW_ADDRESS


def laid_down(kinds: Sequence[StoredKeys], most: int) -> Iterator[Entry]:
    """Give up to so many entries, as often of each kind as there are keys of it, evenly mixed."""
    ends = list(accumulate(kind.keys for kind in kinds))
    entries = [tuple(islice(kind.entries, most)) for kind in kinds]
    drawn = (number * GOLDEN % 1 * ends[-1] for number in count(1)) if kinds else ()
    yield from islice(chain.from_iterable(entries[min(bisect(ends, each), len(ends) - 1)] for each in drawn), most)
