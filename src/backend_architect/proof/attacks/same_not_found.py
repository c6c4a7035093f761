"""P15: somebody else's object is not told from one that does not exist."""

from collections.abc import Iterator

from backend_architect.proof.attacks.alike import alike
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.others_objects import is_private
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes, valid_request


def same_not_found(lab: Lab) -> Iterator[Case]:
    """Give a case for each route by which a stranger does not find a row."""
    if lab.subject.design.auth is None:
        yield skipped("somebody else's object", NO_ACCOUNTS)
        return
    backend = lab.backend
    owner, stranger = backend.person("owner"), backend.person("stranger")
    for route in project_routes(lab.subject):
        if is_private(route):
            request = valid_request(backend, route, owner)
            nothing = request.with_ids(**{name: backend.rows.identity() for name in request.ids})
            missing = nothing.send(backend, stranger)
            yield missing.answers(f"{route.title} of a random id", 404)
            yield alike(request.send(backend, stranger), missing, f"{route.title} of somebody else's")


PROBE = Probe("P15", Group.ATTACKS, "somebody else's object looks like none", same_not_found)
