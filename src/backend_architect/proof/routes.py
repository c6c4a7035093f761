"""Every route of a project, and for each a request that is valid: ids of the owner's rows, the body that clients send.

    for route in project_routes(lab.subject):                     # a row of an access.py each
        request = valid_request(lab.backend, route, owner)        # makes the rows that the path and the body name
        answer = request.send(lab.backend, stranger)              # Exchange; the request may be sent by anybody
        route.table.answers["stranger"]                           # 404: what the table says (None: it depends)

`request.ids` has the ids in the path by parameter, `request.with_ids(post_id=...)` the same request about another row.
`valid_request(..., others=True)` takes a new account where the path names one: nobody follows themselves.
`account_requests(design)` are those that every caller may send about themselves; their routes stand in no table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Design, Edge, Entity, FieldType
from backend_architect.design.ranges import in_ranges
from backend_architect.design.routes import Route
from backend_architect.design.samples import sample
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.subject import AccessRow, Subject

VERSION = re.compile(r"^/v\d+(?=/)")
PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class ProjectRoute:
    """A route as its access table has it; `design` is the design's own route, None for one that the team added."""

    table: AccessRow
    design: Route | None

    @property
    def method(self) -> str:
        return self.table.method

    @property
    def path(self) -> str:
        return self.table.path

    @property
    def title(self) -> str:
        """Return the method and the path with its parameters."""
        return f"{self.method} {self.path}"

    @property
    def kind(self) -> str:
        """Return what kind of route the design has here, or `custom`."""
        return self.design.kind if self.design else "custom"

    def refuses(self, persona: str) -> bool:
        """Return whether the table says that this persona is turned away."""
        return (self.table.answers.get(persona) or 0) >= 400

    def lets_in(self, persona: str) -> bool:
        """Return whether the table says that this persona is let in."""
        return 200 <= (self.table.answers.get(persona) or 0) < 300


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is ready to be sent. `template` is its path with parameters, `query` what follows the path."""

    method: str
    template: str
    ids: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    query: str = ""

    @property
    def path(self) -> str:
        """Return the path with its ids, and the query."""
        return PARAMETER.sub(lambda found: self.ids[found[1]], self.template) + self.query

    def with_ids(self, **ids: str) -> "Request":
        """Return the same request about other rows."""
        return replace(self, ids={**self.ids, **ids})

    def with_body(self, body: object) -> "Request":
        """Return the same request with another body."""
        return replace(self, body=body)

    def send(self, backend: Backend, actor: Actor, headers: Mapping[str, str] | None = None) -> Exchange:
        """Return the answer that somebody gets to this request."""
        return backend.client.ask(actor, self.method, self.path, json_body=self.body, headers=headers)


def project_routes(subject: Subject) -> tuple[ProjectRoute, ...]:
    """Return every row of the project's access tables, with the route of the design that it stands for."""
    designed = {(route.method, route.path): route for route in subject.routes}
    return tuple(ProjectRoute(row, designed.get((row.method, VERSION.sub("", row.path)))) for row in subject.access)


def account_requests(design: Design) -> tuple[Request, ...]:
    """Return the requests that any caller may send about themselves; those that end sessions come last."""
    if design.auth is None:
        return ()
    wrong = {"current_password": "is not this one", "new_password": "a much better one"}
    files = [
        {"field": f"{entity.plural}.{item.name}", "content_type": item.content_types[0], "size": 1}
        for entity in design.entities.values()
        for item in entity.fields.values()
        if item.type is FieldType.FILE and item.content_types
    ]
    return (
        Request("GET", "/v1/me"),
        *(Request("POST", "/v1/files", body=body) for body in files[:1]),
        Request("POST", "/v1/auth/password", body=wrong),
        *(Request("POST", path, body={"email": "nobody@people.example"}) for path in mail_routes(design)[:2]),
        Request("POST", "/v1/auth/sign-out"),
        Request("POST", "/v1/auth/sign-out-everywhere"),
    )


def mail_routes(design: Design) -> tuple[str, ...]:
    """Return the addresses that send letters, and then those that take links back; all answer POST alone."""
    names = ("forgotten-password", "confirmation", "address", "confirm", "reset-password")
    return tuple(f"/v1/auth/{name}" for name in names) if design.has_mail else ()


def provider_routes(design: Design) -> dict[str, set[str]]:
    """Return the methods of each address of sign-in with identity providers; the attacks O01 to O11 try them."""
    names = design.providers
    if not names:
        return {}
    browsers, apps = "web" in design.clients, "mobile" in design.clients or "web" not in design.clients
    both = {method for method, there in (("GET", browsers), ("POST", apps)) if there}
    routes = {"/v1/auth/identities": {"GET"}, "/v1/auth/identities/{identity_id}": {"DELETE"}}
    for name in names:
        routes |= {f"/v1/auth/{name}": both, f"/v1/auth/{name}/callback": both, f"/v1/auth/{name}/link": {"POST"}}
    asked = design.account.accepted("create") if design.account else ()
    if any(not item.optional and item.default is None and item.name != "email" for item in asked):
        routes["/v1/auth/sign-up"] = {"GET", "POST"} if browsers else {"POST"}
    return routes


def valid_request(backend: Backend, route: ProjectRoute, owner: Actor, *, others: bool = False) -> Request:
    """Return a request that the owner may send, unless the rules want more; all rows that it names are new."""
    ids = {name: _row_for(backend, name, owner, others=others) for name in PARAMETER.findall(route.path)}
    body = valid_body(backend, route.design, owner) if route.design else None
    query = "?q=hello" if route.design and route.design.list and route.design.list.match else ""
    return Request(route.method, route.path, ids, body, query)


def valid_body(backend: Backend, route: Route, owner: Actor) -> object:
    """Return what a client sends to this route, or None where it sends nothing."""
    row = route.row
    if route.action and isinstance(row, Entity):
        return backend.rows.sent(row, route.action, owner.id)
    if route.kind == "create" or (route.kind == "put_edge" and isinstance(row, Edge) and row.extra):
        return backend.rows.body(row.name, owner.id)
    return valid_change(row) if route.kind == "update" and isinstance(row, Entity) else None


def valid_change(entity: Entity) -> dict[str, object]:
    """Return a change that clients may send: of the first field that depends on no other row."""
    taken = distinct_fields(entity) | in_ranges(entity)
    for item in entity.accepted("update"):
        if not (item.is_reference or item.name in taken or item.type is FieldType.FILE):
            return {item.column: sample(item)}
    return {}


def entity_of(design: Design, parameter: str) -> Entity | None:
    """Return the entity whose id a path parameter is: `post_id`, or the column of a relation to it."""
    named = design.entities.get(parameter.removesuffix("_id"))
    columns = {item.column: item.to or "" for edge in design.edges.values() for item in edge.pair}
    return named or design.entities.get(columns.get(parameter, ""))


def _row_for(backend: Backend, parameter: str, owner: Actor, *, others: bool) -> str:
    entity = entity_of(backend.design, parameter)
    if entity is None:
        return backend.rows.identity()
    if entity is backend.design.account and owner.id and not others:
        return owner.id
    return backend.rows.make(entity.name, owner.id)
