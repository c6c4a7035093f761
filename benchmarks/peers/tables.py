"""What was measured, as Markdown: medians, and ratios that are medians over rounds of two loads of the same round."""

from collections.abc import Callable, Mapping, Sequence
from statistics import geometric_mean, median
from typing import Final

from building import TITLE as BUILT
from candidates import BARE, FRAMEWORKS
from loading import Load
from operations import OPERATIONS

Loads = Mapping[tuple[str, str], Sequence[Load]]
"""The loads of each title and operation, one a round."""

AIMS: Final = {
    "FastAPI + SQLAlchemy async": 4.0,
    "FastAPI + SQLModel": 8.0,
    "Django REST framework": 8.0,
    "Django ninja": 8.0,
    "NestJS + Prisma": 2.5,
}
OF_BARE: Final = 0.75


def report(loads: Loads, statements: Mapping[str, Mapping[str, float]]) -> str:
    """Return all tables."""
    titles = sorted({title for title, _ in loads}, key=lambda title: -_overall(loads, title, BARE))
    parts = [
        "Requests a second (share of bare ASGI + asyncpg in the same round):",
        _table(
            titles, lambda title, name: _rate(loads, title, name), lambda title: f"{_overall(loads, title, BARE):.2f}"
        ),
        f"How many times the requests of each peer {BUILT} answers, and how many the aim is:",
        _ratios(loads, titles),
        "The slowest of 100 (p99), in ms:",
        _table(titles, lambda title, name: f"{median(load.p99_ms for load in loads[title, name]):.0f}"),
        "Processor time a request, server + database, in µs:",
        _table(titles, lambda title, name: _cost(loads[title, name])),
        "Statements a request, BEGIN and COMMIT too:",
        _table(titles, lambda title, name: f"{statements[title][name]:.1f}"),
    ]
    failed = sum(load.failed for found in loads.values() for load in found)
    return "\n\n".join([*parts, *_misses(loads, titles), f"Requests that failed: {failed}."]) + "\n"


def _table(titles: Sequence[str], cell: Callable[[str, str], str], last: Callable[[str], str] | None = None) -> str:
    head = ["", *OPERATIONS, *(["geometric mean"] if last else [])]
    rows = [
        [f"**{title}**" if title == BUILT else title, *(cell(title, name) for name in OPERATIONS)]
        + ([last(title)] if last else [])
        for title in titles
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _ratios(loads: Loads, titles: Sequence[str]) -> str:
    head = ["", *OPERATIONS, "geometric mean", "aim"]
    rows = [
        [peer, *_ratios_of(loads, peer), f"{_overall(loads, BUILT, peer):.2f}", _aim(peer)]
        for peer in titles
        if peer != BUILT
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _ratios_of(loads: Loads, peer: str) -> list[str]:
    return [f"{ratio(loads, BUILT, peer, name):.2f}" for name in OPERATIONS]


def _aim(peer: str) -> str:
    if peer == BARE:
        return f"{OF_BARE} overall"
    return f"{AIMS[peer]:g} on each" if peer in AIMS else ""


def _misses(loads: Loads, titles: Sequence[str]) -> list[str]:
    """Return a line for each aim that was not reached, or one that says that all were."""
    lines = [*_slower(loads, titles), *_later(loads, titles)]
    overall = _overall(loads, BUILT, BARE)
    if overall < OF_BARE:
        lines.append(f"- overall {overall:.2f} of {BARE}, the aim is {OF_BARE}.")
    return ["Aims that were not reached:", "\n".join(lines)] if lines else ["Every aim was reached."]


def _slower(loads: Loads, titles: Sequence[str]) -> list[str]:
    return [
        f"- {name}: {found:.2f} times {peer}, the aim is {aim:g}."
        for peer, aim in AIMS.items()
        for name in OPERATIONS
        if peer in titles and (found := ratio(loads, BUILT, peer, name)) < aim
    ]


def _later(loads: Loads, titles: Sequence[str]) -> list[str]:
    return [
        f"- {name}: p99 {own:.0f} ms, {peer} {theirs:.0f} ms."
        for peer in FRAMEWORKS
        for name in OPERATIONS
        if peer in titles and (own := _p99(loads, BUILT, name)) > (theirs := _p99(loads, peer, name))
    ]


def ratio(loads: Loads, title: str, other: str, operation: str) -> float:
    """Return the median over rounds of the requests/s of one divided by another's."""
    pairs = zip(loads[title, operation], loads[other, operation], strict=True)
    return median(own.rate / max(theirs.rate, 1e-9) for own, theirs in pairs)


def _overall(loads: Loads, title: str, other: str) -> float:
    return geometric_mean(max(ratio(loads, title, other, name), 1e-9) for name in OPERATIONS)


def _rate(loads: Loads, title: str, operation: str) -> str:
    rate = median(load.rate for load in loads[title, operation])
    return f"{rate:,.0f} ({ratio(loads, title, BARE, operation):.2f})"


def _p99(loads: Loads, title: str, operation: str) -> float:
    return median(load.p99_ms for load in loads[title, operation])


def _cost(loads: Sequence[Load]) -> str:
    server, database = median(load.server_us for load in loads), median(load.database_us for load in loads)
    return f"{server:,.0f} + {database:,.0f}"
