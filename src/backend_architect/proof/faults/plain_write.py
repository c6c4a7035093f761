"""The write that the faults drive: the plainest POST that a signed-in person may send, read from the design."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Design, Entity, Field
from backend_architect.design.routes import Route, list_parameter, routes_of
from backend_architect.design.samples import sample
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, skipped
from backend_architect.proof.faults.many_accounts import copies
from backend_architect.proof.lab import Lab

VERSION = "/v1"
CREATED = 201
MAX_TRIES = 20
SENT = 4
"""How often the same write may be sent: once, twice more when its fate is unknown, and once to see its answer again."""


class NothingToWrite(Exception):
    """No route of the design makes a row for somebody who has merely signed in."""


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """One write as it will be sent, as often as needed: always the same person, body and key."""

    actor: Actor
    path: str
    body: Mapping[str, object]
    key: str
    method: str = "POST"
    row: str = ""
    """The id of the row that it changes; '' where it makes one."""
    wrong: bool = False
    """Whether it is to be refused."""

    def send(self, backend: Backend) -> Exchange:
        """Return the answer; httpx.HTTPError tells of a connection that broke."""
        return backend.client.ask(
            self.actor, self.method, self.path, json_body=self.body, headers={"idempotency-key": self.key}
        )

    def send_for_row(self, backend: Backend) -> str:
        """Return the id of the row that it made or changed."""
        answer = self.send(backend)
        return self.row or str(answer.field("id"))


@dataclass(frozen=True, slots=True)
class Driven:
    """The route that is driven, and where its rows are."""

    route: Route
    table: str

    @property
    def name(self) -> str:
        """Return the route as people know it."""
        return f"{self.route.method} {VERSION}{self.route.path}"

    def order(self, backend: Backend, actor: Actor) -> PlannedWrite:
        """Return a new write of the actor; what it points at is put into the database for it."""
        row, path = self.route.row, VERSION + self.route.path
        if self.route.kind != "create":
            identity = backend.rows.make(row.name, actor.id)
            path = path.replace(f"{{{row.name}_id}}", identity)
            return PlannedWrite(actor, path, self._change(), uuid4().hex, self.route.method, identity)
        parent = self.route.parent
        if parent is not None:
            path = path.replace(f"{{{list_parameter(parent)}}}", backend.rows.make(parent.to or "", actor.id))
        return PlannedWrite(actor, path, backend.rows.body(row.name, actor.id), uuid4().hex)

    def _change(self) -> dict[str, object]:
        """Return the body of a change: one field that may be changed; a deletion has none."""
        row = self.route.row
        if self.route.kind != "update" or not isinstance(row, Entity):
            return {}
        apart = distinct_fields(row)
        fields = [item for item in row.accepted("update") if not item.is_reference and item.name not in apart]
        return {item.column: sample(item) for item in fields}

    def orders(self, backend: Backend, first: Actor, secret: str, number: int) -> list[PlannedWrite]:
        """Return that many writes, by as many people like `first` as it takes to meet no limit."""
        each = max(1, _limit(backend.design, self.route) // SENT)
        senders = copies(backend, first, secret, -(-number // each))
        return [self.order(backend, senders[turn % len(senders)]) for turn in range(number)]

    def reading(self, design: Design, identity: str) -> str:
        """Return the path at which a row is read, or an empty text where no route reads one."""
        for route in routes_of(design):
            if route.kind == "read" and route.row is self.route.row:
                return VERSION + route.path.partition("{")[0] + identity
        return ""

    def wrong(self, order: PlannedWrite) -> PlannedWrite:
        """Return a write that must be refused: it has a field that nobody knows."""
        return replace(order, body={**order.body, "no_such_field": 1}, key=uuid4().hex, wrong=True)

    def ids(self, backend: Backend) -> list[str]:
        """Return the ids of all rows that are stored, in their order."""
        return [str(row["id"]) for row in backend.database.fetch(f'SELECT id FROM "{self.table}" ORDER BY id')]


def writing(run: Callable[[Lab], Iterator[Case]]) -> Callable[[Lab], Iterator[Case]]:
    """Return a probe's function that passes over a design in which nobody can write."""

    def tried(lab: Lab) -> Iterator[Case]:
        if lab.subject.design.auth is None:
            yield skipped("writes", "the design has no accounts")
            return
        try:
            yield from run(lab)
        except NothingToWrite as error:
            yield skipped("writes", str(error))

    return tried


def find_driven(backend: Backend, actor: Actor) -> Driven:
    """Return the plainest create route that lets the actor write twice."""
    for route in _plainest_first(backend.design):
        driven = Driven(route, route.row.table)
        answers = [driven.order(backend, actor).send(backend) for _ in range(2)]
        if all(answer.status == CREATED and answer.field("id") for answer in answers):
            return driven
    raise NothingToWrite("no route lets somebody who has merely signed in make a row")


def _plainest_first(design: Design) -> list[Route]:
    """Return the create routes: those that one may use often first, and of these what needs the fewest other rows."""
    routes = [route for route in routes_of(design) if route.kind == "create" and isinstance(route.row, Entity)]
    return sorted(routes, key=lambda route: (_limit(design, route) < MAX_TRIES, _others(route)))


def _others(route: Route) -> int:
    return len([item for item in route.row.references if _is_needed(item)])


def _limit(design: Design, route: Route) -> int:
    """Return how many such writes one person may send in a row, as far as the faults need many."""
    targets = {f"{route.slice}.{route.kind}", "everything"}
    return min([MAX_TRIES, *(limit.count for limit in design.limits if limit.target in targets)])


def _is_needed(item: Field) -> bool:
    return item.set is None and not item.optional
