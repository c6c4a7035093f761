"""Units → migrations of Rails."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend_architect.tune.frameworks.model import Stamp, Unit
from backend_architect.tune.frameworks.quoting import comment, ruby, ruby_list
from backend_architect.tune.frameworks.units import without_guard
from backend_architect.tune.frameworks.versions import next_versions
from backend_architect.tune.indexes.model import NewIndex

BASE = re.compile(r"ActiveRecord::Migration\[(\d+)\.(\d+)\]")
NEWEST_KNOWN = (7, 1)
INCLUDE_FROM = (7, 1)


def render_rails(units: Sequence[Unit], folder: Path, stamp: Stamp) -> dict[Path, str]:
    """Return the files by path; `folder` is `db/migrate`."""
    names = [path.name for path in sorted(folder.glob("*.rb"))]
    base = _base(folder)
    new = [unit for unit in units if not any(unit.digest in name for name in names)]
    versions = next_versions(names, stamp.when, len(new))
    return {
        folder / f"{version}_tune_{unit.digest}.rb": _file(unit, base, stamp)
        for version, unit in zip(versions, new, strict=True)
    }


def _base(folder: Path) -> tuple[int, int]:
    """Return the version of Rails whose migrations the project's newest ones are."""
    for path in sorted(folder.glob("*.rb"), reverse=True):
        match = BASE.search(path.read_text(encoding="utf-8", errors="replace"))
        if match:
            return int(match[1]), int(match[2])
    return NEWEST_KNOWN


def _file(unit: Unit, base: tuple[int, int], stamp: Stamp) -> str:
    up, down = list(_up(unit, base)), list(_down(unit, base))
    return "\n".join(
        [
            "# frozen_string_literal: true",
            "",
            comment(stamp.head, "#"),
            comment(unit.title, "#"),
            *(comment(why, "#") for why in unit.why),
            f"class Tune{unit.digest} < ActiveRecord::Migration[{base[0]}.{base[1]}]",
            "  disable_ddl_transaction! # what runs CONCURRENTLY runs in no transaction",
            "",
            "  def up",
            *(f"    {line}" for line in up),
            "  end",
            "",
            "  def down",
            *(f"    {line}" for line in down),
            "  end",
            "end",
            "",
        ]
    )


def _is_declared(unit: Unit, base: tuple[int, int]) -> bool:
    """Return whether add_index has words for the unit's index."""
    index = unit.index
    return index is not None and index.schema == "public" and (base >= INCLUDE_FROM or not index.included)


def _up(unit: Unit, base: tuple[int, int]) -> Iterator[str]:
    for step in unit.steps:
        if step.makes_index and unit.index and _is_declared(unit, base):
            yield _add_index(unit.index, unit.index_name)
        else:
            yield f"execute {ruby(without_guard(step.sql.rstrip(';')) if unit.index else step.sql.rstrip(';'))}"


def _down(unit: Unit, base: tuple[int, int]) -> Iterator[str]:
    for step in reversed(unit.steps):
        if step.makes_index and unit.index and _is_declared(unit, base):
            yield (
                f"remove_index {ruby(unit.index.table)}, name: {ruby(unit.index_name)}, "
                "algorithm: :concurrently, if_exists: true"
            )
        elif step.rollback:
            yield f"execute {ruby(step.rollback.rstrip(';'))}"


def _add_index(index: NewIndex, name: str) -> str:
    """Return the call; keys with expressions go as one text of SQL, which Rails takes as it is."""
    if all(key.column for key in index.keys):
        columns = ruby_list([key.column for key in index.keys])
        options = list(_options(index))
    else:
        columns, options = ruby(", ".join(key.sql for key in index.keys)), []
    options += [f"using: {ruby(index.method)}"] if index.method != "btree" else []
    options += [f"include: {ruby_list(index.included)}"] if index.included else []
    options += [f"where: {ruby(index.predicate)}"] if index.predicate else []
    options_text = ", ".join([f"name: {ruby(name)}", *options, "algorithm: :concurrently"])
    return f"add_index {ruby(index.table)}, {columns}, {options_text}"


def _options(index: NewIndex) -> Iterator[str]:
    classes = {key.column: key.opclass for key in index.keys if key.opclass}
    if classes:
        yield f"opclass: {{ {', '.join(f'{ruby(column)} => {ruby(name)}' for column, name in classes.items())} }}"
    orders = {key.column: key.order for key in index.keys if key.order}
    if orders:
        yield f"order: {{ {', '.join(f'{ruby(column)} => {ruby(name)}' for column, name in orders.items())} }}"
