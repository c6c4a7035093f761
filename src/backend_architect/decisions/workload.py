"""The declared load, spread over the operations that the design allows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from backend_architect.decisions.costs import (
    COSTS,
    PAGE_ROWS,
    PEAK_FACTOR,
    SHARE_OF_CREATIONS,
    SHARE_OF_LISTS,
    SIGN_INS_A_DAY,
    WINDOW_ROW_US,
    OperationKind,
)
from backend_architect.design.model import Design, Edge, Entity, Event, ListSpec

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: how often at the busiest hour, what one costs, and how many rows of `of` (a plural) it returns.

    A list that may be stale has `cache_seconds`, and `cache_keys` different answers in the cache.
    """

    name: str
    kind: OperationKind
    of: str
    rate: float
    server_us: float
    database_us: float
    rows: int = 1
    cache_seconds: int | None = None
    cache_keys: int = 1


def spread_load(design: Design) -> tuple[Operation, ...]:
    """Return every operation with its share of the declared reads and writes."""
    return (
        *_lists(design),
        *_single_reads(design),
        *_creations(design),
        *_changes(design),
        *_sign_ins(design),
        *_jobs(design),
    )


def creations_per_second(design: Design, plural: str) -> float:
    """Return how many rows of a table are made each second at the busiest hour."""
    return sum(op.rate for op in _creations(design) if op.of == plural)


def rows_read_per_second(design: Design, plural: str) -> float:
    """Return how many rows of a table the API returns each second."""
    reads = (*_lists(design), *_single_reads(design))
    return sum(op.rate * op.rows for op in reads if op.of == plural and op.cache_seconds is None)


def requests_per_second(design: Design, plural: str) -> float:
    """Return how many requests a second go to a table's own routes at the busiest hour."""
    elsewhere = {OperationKind.SIGN_IN, OperationKind.JOB}
    return sum(op.rate for op in spread_load(design) if op.of == plural and op.kind not in elsewhere)


def jobs_per_second(design: Design) -> float:
    """Return how many jobs the events of the design start each second."""
    return sum(event_rate(design, event) for event in design.events)


def event_rate(design: Design, event: Event) -> float:
    """Return how often one event happens each second."""
    if event.action == "create":
        return creations_per_second(design, event.plural)
    return sum(op.rate for op in _changes(design) if op.name == f"{event.plural}.{event.action}")


def _operation(name: str, kind: OperationKind, of: str, rate: float) -> Operation:
    cost = COSTS[kind]
    return Operation(name, kind, of, rate, cost.server_us, cost.database_us)


def _readable(design: Design) -> tuple[Entity, ...]:
    return tuple(e for e in design.entities.values() if "read" in e.allow)


def _lists(design: Design) -> tuple[Operation, ...]:
    if not design.lists:
        return ()
    share = SHARE_OF_LISTS if _readable(design) else 1.0
    return tuple(_list(design, spec, design.load.reads * share / len(design.lists)) for spec in design.lists)


def _list(design: Design, spec: ListSpec, rate: float) -> Operation:
    entity, kind = design.entities[spec.of], list_kind(design, spec)
    base, cost = _operation(spec.name, kind, entity.plural, rate), COSTS[kind].database_us
    if kind is OperationKind.RANKED:
        cost += WINDOW_ROW_US * min(
            design.declared_rows(entity.plural),
            creations_per_second(design, entity.plural) * SECONDS_A_DAY / PEAK_FACTOR,
        )
    return Operation(
        base.name, kind, base.of, rate, base.server_us, cost, PAGE_ROWS, spec.cache_seconds, _cache_keys(design, spec)
    )


def list_kind(design: Design, spec: ListSpec) -> OperationKind:
    """Return which measured kind of list one is nearest to."""
    if spec.match:
        return OperationKind.SEARCH
    if spec.where and spec.order.field in design.entities[spec.of].counts:
        return OperationKind.RANKED
    return OperationKind.FEED if spec.where and _mentions(spec.where, "select") else OperationKind.LIST


def _cache_keys(design: Design, spec: ListSpec) -> int:
    keys = 1
    if spec.where and _mentions(spec.where, "me"):
        keys *= design.load.users
    if spec.by:
        parent = design.entities[spec.of].fields[spec.by].to
        keys *= design.declared_rows(design.entities[parent].plural) if parent else 1
    if spec.through:
        keys *= design.load.users
    return keys


def _mentions(sql: str, word: str) -> bool:
    return re.search(rf"\b{word}\b", sql, re.IGNORECASE) is not None


def _single_reads(design: Design) -> tuple[Operation, ...]:
    entities = _readable(design)
    share = 1 - SHARE_OF_LISTS if design.lists else 1.0
    return tuple(
        _operation(f"{e.plural}.read", OperationKind.READ_ONE, e.plural, design.load.reads * share / len(entities))
        for e in entities
    )


def _creatable(design: Design) -> tuple[Entity | Edge, ...]:
    rows: Iterable[Entity | Edge] = design.rows_by_plural.values()
    return tuple(r for r in rows if "create" in r.allow or r is design.account)


def _creations(design: Design) -> tuple[Operation, ...]:
    tables = _creatable(design)
    total = sum(design.declared_rows(t.plural) for t in tables) or 1
    share = SHARE_OF_CREATIONS if _changeable(design) else 1.0
    return tuple(
        _operation(
            f"{t.plural}.create",
            OperationKind.PAIR if isinstance(t, Edge) else OperationKind.WRITE,
            t.plural,
            design.load.writes * share * design.declared_rows(t.plural) / total,
        )
        for t in tables
    )


def _changeable(design: Design) -> tuple[tuple[str, str], ...]:
    rows: Iterable[Entity | Edge] = design.rows_by_plural.values()
    return tuple((r.plural, action) for r in rows for action in ("update", "delete") if action in r.allow)


def _changes(design: Design) -> tuple[Operation, ...]:
    actions = _changeable(design)
    share = 1 - SHARE_OF_CREATIONS if _creatable(design) else 1.0
    return tuple(
        _operation(f"{plural}.{action}", OperationKind.WRITE, plural, design.load.writes * share / len(actions))
        for plural, action in actions
    )


def _sign_ins(design: Design) -> tuple[Operation, ...]:
    if not design.account or not design.auth or "password" not in design.auth.sign_in:
        return ()
    return (_operation("sign-in", OperationKind.SIGN_IN, design.account.plural, sign_ins_per_second(design)),)


def sign_ins_per_second(design: Design) -> float:
    """Return how many people sign in each second at the busiest hour."""
    return design.load.users * SIGN_INS_A_DAY * PEAK_FACTOR / SECONDS_A_DAY if design.auth else 0.0


def _jobs(design: Design) -> tuple[Operation, ...]:
    return tuple(_operation(f"job {e.run}", OperationKind.JOB, e.plural, event_rate(design, e)) for e in design.events)
