"""P61: an address that a client sends is kept, and never asked."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from backend_architect.design.model import Field, FieldType
from backend_architect.proof.attacks.addresses import fields_of
from backend_architect.proof.attacks.callers import insiders
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes, valid_request

WAIT = 0.5
PLACES = ("http://127.0.0.1:{port}/inside", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/")
INSIDE = ("http://169.254.169.254/latest/meta-data/", "http://[::1]/", "file:///etc/passwd")


def fetched_addresses(lab: Lab) -> Iterator[Case]:
    """Give a case for each field that takes an address: what a listener hears after each is sent."""
    callers = insiders(lab.backend, 20)
    found = False
    for route in project_routes(lab.subject):
        fields = [item for item in (fields_of(route.design) if route.design else ()) if _is_address(item)]
        for item in fields:
            found, caller = True, next(callers)
            request = valid_request(lab.backend, route, caller)
            body = {**request.body} if isinstance(request.body, dict) else {}
            with _listener() as (port, heard):
                for place in (*(place.format(port=port) for place in PLACES), *INSIDE):
                    value = [place] if item.type is FieldType.LIST else place
                    answer = request.with_body(body | {item.column: value}).send(lab.backend, caller)
                asked = heard()
            held = not asked and answer.status < 500
            yield answer.case(f"{route.title}: {item.column}", expected="no address is asked", held=held)
    if not found:
        yield skipped("addresses of others", "no field of the design takes an address, so there is none to ask")


def _is_address(item: Field) -> bool:
    return FieldType.URL in {item.type, item.item}


@contextmanager
def _listener() -> "Iterator[tuple[int, Heard]]":
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT)
        yield server.getsockname()[1], Heard(server)


class Heard:
    """Whether somebody connects to a listener within a while."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server

    def __call__(self) -> bool:
        try:
            self._server.accept()[0].close()
        except TimeoutError:
            return False
        return True


PROBE = Probe("P61", Group.ATTACKS, "an address that a client sends is never asked", fetched_addresses)
