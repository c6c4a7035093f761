"""The write that leaves work to the worker: the first event of the design that a person can bring about."""

import time
from dataclasses import dataclass

from backend_architect.design.model import Event
from backend_architect.design.routes import routes_of
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.faults.plain_write import Driven

SOON = 10.0
QUEUED = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1"


@dataclass(frozen=True, slots=True)
class DrivenEvent:
    """An event of the design, and the write that brings it about."""

    event: Event
    driven: Driven


def find_event(backend: Backend, actor: Actor) -> DrivenEvent | None:
    """Return the first event that a write of the actor brings about, or None."""
    for event in backend.design.events:
        for route in routes_of(backend.design):
            if route.slice == event.plural and route.kind == event.action:
                driven = Driven(route, route.row.table)
                before = queued(backend, event)
                answer = driven.order(backend, actor).send(backend)
                if answer.status < 300 and _grows(backend, event, before):
                    return DrivenEvent(event, driven)
    return None


def _grows(backend: Backend, event: Event, before: int) -> bool:
    """Return whether the queue has another job soon; that it is there at once is not taken for granted."""
    until = time.monotonic() + SOON
    while queued(backend, event) <= before and time.monotonic() < until:
        time.sleep(0.02)
    return queued(backend, event) > before


def queued(backend: Backend, event: Event) -> int:
    """Return how many jobs of an event are in the queue, whatever their state."""
    return int(backend.database.value(QUEUED, event.run))
