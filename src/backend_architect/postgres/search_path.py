"""Where a database's statements look for tables that they name without a schema."""

import csv
from collections.abc import Sequence

OWN = "$user"


def search_path(paths: Sequence[str], schemas: Sequence[tuple[str, str]], user: str) -> tuple[str, ...]:
    """Return the schemas of all these paths, in order; `$user` stands for the roles that own a schema of their name.

    `schemas` are names with their owners. Without the application's own connection nobody knows more.
    """
    own = [name for name, owner in schemas if name == owner]
    existing = {name for name, _ in schemas}
    wanted: list[str] = []
    for path in paths:
        for name in schemas_in(path):
            wanted += sorted({user, *own}, key=lambda each: (each != user, each)) if name == OWN else [name]
    return tuple(dict.fromkeys(name for name in wanted if name in existing))


def schemas_in(path: str) -> list[str]:
    """Return the schemas that a setting of search_path names, `$user` as it stands."""
    (names,) = csv.reader([path], skipinitialspace=True) if path.strip() else [[]]
    return [name if f'"{name}' in path else name.lower() for name in names]
