"""How much a plan would do: the rows that each scan reads, and how often, worked out from EXPLAIN's estimates.

EXPLAIN tells the rows that leave a node. What is read is worked out: a LIMIT stops the nodes below it after the share
of their cost that it pays for, an inner side runs once for each outer row, and rows that a filter throws away were
read as well (`Probe` asks how many an index condition alone finds), and of an index whose first column is not compared
all entries are, or one for each of that column's values (`passed_entries`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend_architect.planner_twin import TableStatistics
from backend_architect.proof.plans.skip_scans import LEVELS, Passed, passed_entries

Node = Mapping[str, Any]
Probe = Callable[[str, str, str], float | None]
"""Returns the rows that a condition finds in a table under an alias, or None where it cannot be asked alone."""

SCANS = frozenset({"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan", "Sample Scan"})
FULL = frozenset({"Sort", "Hash", "ModifyTable", "SetOp", "Materialize"})


@dataclass(frozen=True, slots=True)
class Read:
    """One scan. `found` are the rows it reads each time it is run to its end, `kept` those that pass its filter.

    `times` is how often it runs, `share` the part of it that is read before a LIMIT stops it.
    """

    table: str
    alias: str
    method: str
    index: str
    condition: str
    filter: str
    found: float
    kept: float
    times: float
    share: float
    pages: float
    skipped: str
    """The first column of the index where no condition compares it, '' elsewhere."""
    within: str
    """The node above that needs all of the rows (Sort, Aggregate, Hash), '' where they stream."""

    @property
    def rows(self) -> float:
        """Return the rows that are read in all."""
        return max(self.found * self.share, min(self.found, 1.0)) * self.times

    @property
    def each_time(self) -> float:
        """Return the rows that are read each time."""
        return self.rows / max(self.times, 1.0)


@dataclass(frozen=True, slots=True)
class Work:
    """What one plan does at one size; `cost` is the planner's."""

    cost: float
    returned: float
    reads: tuple[Read, ...]

    @property
    def rows(self) -> float:
        """Return the rows read by every scan."""
        return sum(read.rows for read in self.reads)

    @property
    def pages(self) -> float:
        """Return the pages that may be read, at most."""
        return sum(read.pages for read in self.reads)

    @property
    def indexes(self) -> tuple[str, ...]:
        """Return the names of the indexes used."""
        return tuple(dict.fromkeys(name for read in self.reads for name in read.index.split(", ") if name))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: how often it runs, which share of it is read, and what above it needs all rows."""

    times: float = 1.0
    share: float = 1.0
    within: str = ""


def read_work(plan: Node, tables: Mapping[str, TableStatistics], probe: Probe) -> Work:
    """Return the work of a plan; `tables` are what the planner knows of them, by their names."""
    reads = tuple(_Walk(tables, probe).reads(plan, _Place()))
    changes = plan["Node Type"] == "ModifyTable" and not plan["Plan Rows"]
    returned = plan["Plans"][0]["Plan Rows"] if changes and plan.get("Plans") else plan["Plan Rows"]
    return Work(float(plan["Total Cost"]), float(returned), reads)


@dataclass(frozen=True, slots=True)
class _Walk:
    tables: Mapping[str, TableStatistics]
    probe: Probe

    def reads(self, node: Node, place: _Place) -> Iterator[Read]:
        found = None
        if node["Node Type"] in SCANS and "Relation Name" in node:
            found = self._read(node, place)
            yield found
        for child in node.get("Plans", ()):
            if child["Node Type"].startswith("Bitmap"):
                if child["Node Type"] == "Bitmap Heap Scan":
                    yield from self.reads(child, self._below(node, child, place, found))
                continue
            yield from self.reads(child, self._below(node, child, place, found))

    def _below(self, node: Node, child: Node, place: _Place, found: Read | None) -> _Place:
        relation = child.get("Parent Relationship", "Outer")
        if relation == "InitPlan":
            return _Place()
        if relation == "SubPlan":
            return self._subplan(node, child, place, found)
        kind = node["Node Type"]
        if kind == "Limit":
            return _Place(place.times, place.share * _paid(node, child), place.within)
        if kind == "Nested Loop" and relation == "Inner":
            outer = next(c for c in node["Plans"] if c.get("Parent Relationship") == "Outer")
            return _Place(place.times * max(outer["Plan Rows"] * place.share, 1.0), _first(node, child), place.within)
        if kind in FULL or (kind == "Aggregate" and node.get("Strategy") != "Sorted"):
            return _Place(place.times, 1.0, kind)
        return place

    def _subplan(self, node: Node, child: Node, place: _Place, found: Read | None) -> _Place:
        name = str(child.get("Subplan Name", ""))
        texts = " ".join(str(value) for key, value in node.items() if key != "Plans")
        if f"hashed {name}" in texts:
            return _Place(within="Hash")
        rows = found.found if found and name in found.filter else float(node["Plan Rows"])
        share = 1.0 / max(child["Plan Rows"], 1.0) if f"EXISTS({name}" in texts else 1.0
        return _Place(place.times * max(rows * place.share, 1.0), share)

    def _read(self, node: Node, place: _Place) -> Read:
        table, alias = str(node["Relation Name"]), str(node.get("Alias", node["Relation Name"]))
        known = self.tables.get(table)
        rows, pages = (known.rows, float(known.pages)) if known else (0.0, 0.0)
        condition = str(node.get("Index Cond", ""))
        kept = float(node["Plan Rows"])
        filtered = str(node.get("Filter", ""))
        index = str(node.get("Index Name", ""))
        passed: list[Passed] = []
        match node["Node Type"]:
            case "Seq Scan" | "Sample Scan":
                found, touched = rows, pages
            case "Bitmap Heap Scan":
                parts = list(_bitmaps(node))
                passed = [each for part in parts if (each := self._passed(table, alias, part))]
                found = max(_bitmap_rows(node["Plans"][0]), kept)
                index = ", ".join(str(part["Index Name"]) for part in parts)
                condition = " AND ".join(str(part.get("Index Cond", "")) for part in parts)
                touched = min(found, pages) + LEVELS
            case "Tid Scan":
                found = touched = kept
            case _:
                passed = [each for each in [self._passed(table, alias, node)] if each]
                asked = self._index_rows(table, alias, condition, rows) if filtered or not condition else kept
                found = max(kept if asked is None else asked, kept)
                touched = min(found, pages) + LEVELS
        found = max(found, *(each.entries for each in passed), 0.0)
        touched += sum(each.pages for each in passed)
        share = min(place.share, 1.0)
        used = max(touched * share, min(touched, LEVELS + 1.0)) * place.times
        return Read(
            table,
            alias,
            str(node["Node Type"]),
            index,
            condition,
            filtered,
            found,
            kept,
            place.times,
            share,
            used,
            next((each.column for each in passed), ""),
            place.within,
        )

    def _passed(self, table: str, alias: str, scan: Node) -> Passed | None:
        known = self.tables.get(table)
        condition = str(scan.get("Index Cond", ""))
        return passed_entries(known, str(scan.get("Index Name", "")), alias, condition) if known and condition else None

    def _index_rows(self, table: str, alias: str, condition: str, rows: float) -> float | None:
        return self.probe(table, alias, condition) if condition else rows


def _paid(limit: Node, child: Node) -> float:
    """Return the share of a node that a LIMIT above it pays for."""
    whole = child["Total Cost"] - child["Startup Cost"]
    if whole <= 0:
        return float(min(1.0, limit["Plan Rows"] / max(child["Plan Rows"], 1.0)))
    return float(min(1.0, max(0.0, (limit["Total Cost"] - child["Startup Cost"]) / whole)))


def _first(join: Node, inner: Node) -> float:
    """Return the share of an inner side that is read: one match is enough for a semi-join."""
    early = join.get("Join Type") in {"Semi", "Anti"} or join.get("Inner Unique")
    return 1.0 / max(inner["Plan Rows"], 1.0) if early else 1.0


def _bitmaps(node: Node) -> Iterator[Node]:
    for child in node.get("Plans", ()):
        if child["Node Type"] == "Bitmap Index Scan":
            yield child
        elif child["Node Type"].startswith("Bitmap") and child["Node Type"] != "Bitmap Heap Scan":
            yield from _bitmaps(child)


def _bitmap_rows(node: Node) -> float:
    if node["Node Type"] == "BitmapAnd":
        return min(_bitmap_rows(child) for child in node["Plans"])
    if node["Node Type"] == "BitmapOr":
        return sum(_bitmap_rows(child) for child in node["Plans"])
    return float(node["Plan Rows"])
