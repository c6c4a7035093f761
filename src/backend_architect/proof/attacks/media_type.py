"""P40: a body that does not say that it is JSON is refused: pages of other sites can send those without asking."""

from collections.abc import Iterator

from backend_architect.proof.attacks.addresses import address, routes_with_bodies
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

KINDS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "")


def media_type(lab: Lab) -> Iterator[Case]:
    """Give for each route that takes a body a case for each kind that is not JSON, and for none."""
    design = lab.subject.design
    targets = [(route.method, route.path, address(route)) for route in routes_with_bodies(design)]
    if design.auth is not None:
        targets += [("POST", path, f"/v1{path}") for path in ("/auth/sign-in", "/auth/register", "/auth/refresh")]
    if not targets:
        yield skipped("JSON as text/plain", "no route takes a body")
        return
    insider = lab.backend.insider()
    for method, name, path in targets:
        for kind in KINDS:
            caller = lab.backend.anonymous() if "/auth/" in path else insider
            headers = {"content-type": kind} if kind else {}
            answer = lab.backend.client.ask(caller, method, path, content=b'{"a": 1}', headers=headers)
            yield answer.answers(f"{method} {name} as {kind or 'nothing in particular'}", 415)


PROBE = Probe("P40", Group.ATTACKS, "a body that does not say that it is JSON is refused", media_type)
