"""The load of a proposed design: what the brief says of it, and a stated guess for the rest."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.brief import Amount, Brief
from backend_architect.design.names import plural_of, words
from backend_architect.patterns import Composition, pattern_named
from backend_architect.patterns.pattern import Fragment

USERS = 10_000
READS_PER_USER = 0.004
"""At the busiest hour one user in 250 reads each second: the load stated for 200,000 users is 800 reads a second."""
WRITES_PER_USER = 0.0003
READS_PER_WRITE = READS_PER_USER / WRITES_PER_USER

NOT_USED = {"limit": "a rule about single things and no load", "out_of_range": "no number that a backend can have"}


@dataclass(frozen=True, slots=True)
class ProposedLoad:
    """The `load` of a design, the lines that say what of it was guessed, and the numbers that found no place."""

    load: Fragment
    assumes: tuple[str, ...]
    ignored: tuple[str, ...]


def propose_load(brief: Brief, composition: Composition) -> ProposedLoad:
    """Return the load: users, rates and rows from the brief where it says them, else from the number of users."""
    users = _said(brief, "users") or (float(brief.scale.name) if brief.scale else 0) or _usual_users(brief)
    reads, writes = _rates(brief, users)
    writes = max(writes, sum(a.value for a in brief.amounts if a.unit == "written" and _counts_rows(composition, a)))
    load: Fragment = {"users": round(users), "reads": _rate(reads), "writes": _rate(writes)}
    load["p95"] = f"{round(_said(brief, 'p95_ms') or 200)}ms"
    said = dict(_said_rows(brief, composition))
    rows = {
        table: _rounded(each * users) for table, each in composition.rows_per_user.items() if _has(composition, table)
    }
    load["rows"] = rows | said
    if not load["rows"]:
        del load["rows"]
    return ProposedLoad(load, tuple(_assumptions(brief, composition, load)), tuple(_ignored(brief, composition)))


def _usual_users(brief: Brief) -> int:
    return max([pattern_named(f.pattern).users or 0 for f in brief.features], default=0) or USERS


def _rates(brief: Brief, users: float) -> tuple[float, float]:
    both = _said(brief, "requests")
    writes = _said(brief, "writes")
    reads = _said(brief, "reads")
    if both:
        return reads or both * READS_PER_WRITE / (READS_PER_WRITE + 1), writes or both / (READS_PER_WRITE + 1)
    reads = reads or (writes * READS_PER_WRITE if writes else users * READS_PER_USER)
    return reads, writes or (reads / READS_PER_WRITE if _said(brief, "reads") else users * WRITES_PER_USER)


def _said(brief: Brief, unit: str) -> float:
    return max((amount.value for amount in brief.amounts if amount.unit == unit), default=0.0)


def _said_rows(brief: Brief, composition: Composition) -> Iterator[tuple[str, int]]:
    for amount in brief.amounts:
        table = _table(composition, amount.noun) if amount.unit == "rows" else ""
        if table:
            yield table, round(amount.value)


def _counts_rows(composition: Composition, amount: Amount) -> bool:
    return bool(_table(composition, amount.noun))


def _has(composition: Composition, table: str) -> bool:
    return table in _tables(composition).values()


def _table(composition: Composition, noun: str) -> str:
    """Return the table that holds what a noun of the brief counts, or nothing."""
    tables = _tables(composition)
    return tables.get(noun) or next((table for table in tables.values() if table == plural_of(noun)), "")


def _tables(composition: Composition) -> dict[str, str]:
    rows = {**composition.design.get("entities", {}), **composition.design.get("edges", {})}
    return {name: row.get("plural") or plural_of(name) for name, row in rows.items()}


def _rate(value: float) -> str:
    return f"{_rounded(value)}/s"


def _rounded(value: float) -> int:
    """Return the number with two digits that count, at least 1."""
    if value < 1:
        return 1
    digits = max(0, math.floor(math.log10(value)) - 1)
    step: int = 10**digits
    return round(value / step) * step


def amounts_understood(brief: Brief) -> dict[str, str]:
    """Return what each number was taken for, with the value that was read."""
    return {amount.word.text: _meaning(amount) for amount in brief.amounts if amount.unit not in NOT_USED}


def _meaning(amount: Amount) -> str:
    value = f"{amount.value:,.3g}" if amount.value < 10 else f"{round(amount.value):,}".replace(",", " ")
    if amount.unit == "rows":
        return f"{value} rows of {amount.counted}"
    if amount.unit == "written":
        return f"{value} {amount.counted} written a second"
    return {"users": f"{value} users", "p95_ms": f"p95 of {value} ms"}.get(
        amount.unit, f"{value} {amount.unit} a second"
    )


def _assumptions(brief: Brief, composition: Composition, load: Fragment) -> Iterator[str]:
    users = f"{load['users']:,}".replace(",", " ")
    if not _said(brief, "users"):
        yield (
            f"{users} users; the other numbers of the load follow from it"
            if not _said(brief, "requests")
            else f"{users} users"
        )
    elif not any(_said(brief, unit) for unit in ("requests", "reads", "writes")):
        yield f"at the busiest hour {users} users read {load['reads']} and write {load['writes']}"
    said = {_table(composition, a.noun) for a in brief.amounts if a.unit == "rows"}
    guessed = [words(table) for table in load.get("rows", {}) if table not in said]
    if guessed:
        yield f"the rows of {', '.join(guessed)} are guessed from the number of users"


def _ignored(brief: Brief, composition: Composition) -> Iterator[str]:
    for amount in brief.amounts:
        if amount.unit in NOT_USED:
            yield f"“{amount.word.text}” is {NOT_USED[amount.unit]}, and was not used"
        if amount.unit in {"rows", "written"} and not _counts_rows(composition, amount):
            yield f"“{amount.word.text}” is no number of rows of this design, and was not used"
