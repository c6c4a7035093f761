"""Which weakenings are tried: some of each kind, spread over the files, the same ones for the same seed."""

import random
from collections.abc import Iterable, Sequence

from backend_architect.proof.mutation.weakening import Weakening

OF_A_KIND = 1
SEED = 20


def sample(found: Sequence[Weakening], of_a_kind: int = OF_A_KIND, seed: int = SEED) -> tuple[Weakening, ...]:
    """Return at most so many weakenings of each kind, no two of one file before each file had its turn."""
    kinds = sorted({each.kind for each in found})
    chosen = [w for kind in kinds for w in _spread([each for each in found if each.kind == kind], seed)[:of_a_kind]]
    return tuple(sorted(chosen, key=lambda each: (each.file, each.line, each.what)))


def share(found: Sequence[Weakening], number: int, seed: int = SEED) -> tuple[Weakening, ...]:
    """Return a fixed few of them, each of another kind while there are kinds."""
    order = sorted({each.kind for each in found})
    random.Random(seed).shuffle(order)  # noqa: S311 - the same ones each time
    by_kind = [_spread([each for each in found if each.kind == kind], seed) for kind in order]
    rounds = (group[n] for n in range(len(found)) for group in by_kind if n < len(group))
    return tuple(each for each, _ in zip(rounds, range(number), strict=False))


def _spread(found: Iterable[Weakening], seed: int) -> list[Weakening]:
    by_file: dict[str, list[Weakening]] = {}
    for each in sorted(found, key=lambda each: each.name):
        by_file.setdefault(each.file, []).append(each)
    shuffled = random.Random(seed)  # noqa: S311 - the same ones each time
    groups = [by_file[file] for file in sorted(by_file)]
    for group in groups:
        shuffled.shuffle(group)
    shuffled.shuffle(groups)
    return [group[n] for n in range(max(map(len, groups), default=0)) for group in groups if n < len(group)]
