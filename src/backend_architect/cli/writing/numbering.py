"""Numbers of new migrations in a folder that has grown some of its own: each comes after the last."""

import re
from collections.abc import Mapping
from pathlib import Path

MIGRATIONS = "migrations/"
NUMBERED = re.compile(rf"{MIGRATIONS}(\d+)_(.+\.sql)")


def with_free_numbers(generated: Mapping[str, str], base: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the files under the paths that they have in this folder.

    A migration that was generated before keeps the number that it got then. One that is new to a folder which was built
    before gets the next: dbmate takes two of one number for the same.
    """
    known = {found[2]: path for path in base if (found := NUMBERED.fullmatch(path))}
    last = max((int(found[1]) for path in (*_there(folder), *base) if (found := NUMBERED.fullmatch(path))), default=0)
    placed = {}
    for path, text in sorted(generated.items()):
        found = NUMBERED.fullmatch(path)
        if found and base and path not in base:
            if found[2] not in known:
                last = max(last + 1, int(found[1]))
            path = known.get(found[2], f"{MIGRATIONS}{last:0{len(found[1])}}_{found[2]}")  # noqa: PLW2901
        placed[path] = text
    return placed


def _there(folder: Path) -> list[str]:
    return [f"{MIGRATIONS}{path.name}" for path in (folder / MIGRATIONS).glob("*.sql")]
