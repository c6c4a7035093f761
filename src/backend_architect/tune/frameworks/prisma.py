"""Units → migrations of Prisma: each statement in a file of its own, since a file of several is one transaction."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend_architect.tune.frameworks.model import Stamp, Unit
from backend_architect.tune.frameworks.quoting import comment
from backend_architect.tune.frameworks.units import without_guard
from backend_architect.tune.frameworks.versions import next_versions
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.migration.model import MigrationStep

LONGEST = 40


def render_prisma(units: Sequence[Unit], folder: Path, stamp: Stamp) -> dict[Path, str]:
    """Return the files by path; `folder` is `prisma/migrations`. What undoes one stands beside it, for `db execute`."""
    names = [path.name for path in sorted(folder.glob("*")) if path.is_dir()]
    new = [(unit, place) for unit in units if not any(unit.digest in name for name in names)
           for place in range(len(unit.steps))]  # fmt: skip
    files = {}
    for version, (unit, place) in zip(next_versions(names, stamp.when, len(new)), new, strict=True):
        step = unit.steps[place]
        own = folder / f"{version}_{_slug(step)}_{unit.digest}"
        files[own / "migration.sql"] = _file(unit, step, stamp)
        if step.rollback:
            files[own / "down.sql"] = f"{comment(stamp.head, '--')}\n{step.rollback}\n"
    return files


def _slug(step: MigrationStep) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", f"tune_{step.index or step.kind.value}".lower()))[:LONGEST]


def _file(unit: Unit, step: MigrationStep, stamp: Stamp) -> str:
    sql = without_guard(step.sql) if unit.index else step.sql
    head = [comment(stamp.head, "--"), *(comment(why, "--") for why in unit.why)]
    declared = list(_in_schema(unit.index, unit.index_name)) if unit.index and step.makes_index else []
    return "\n".join([*head, "-- Alone in its file: several statements would be one transaction.", *declared, sql, ""])


def _in_schema(index: NewIndex, name: str) -> Iterator[str]:
    """Give the line for schema.prisma, where Prisma has words for the index; it drops what it sees and is not told."""
    plain = all(key.column and not key.opclass and key.nulls_first == key.descending for key in index.keys)
    if plain and index.method == "btree" and not (index.included or index.predicate):
        keys = ", ".join(_key(key) for key in index.keys)
        yield comment(f'Into the model, with its names of the fields: @@index([{keys}], map: "{name}")', "--")


def _key(key: NewKey) -> str:
    return f"{key.column}(sort: Desc)" if key.descending else key.column
