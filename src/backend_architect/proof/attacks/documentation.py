"""P51: in production nobody is shown the documentation of every route."""

from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

PATHS = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/v1/docs", "/v1/openapi.json", "/metrics")


def documentation(lab: Lab) -> Iterator[Case]:
    """Give a case for each address where frameworks put it, and for the metrics, which are shown to nobody either."""
    for path in PATHS:
        yield lab.backend.client.ask(lab.backend.anonymous(), "GET", path).answers(f"GET {path}", 404)


PROBE = Probe("P51", Group.ATTACKS, "in production there is no documentation to read", documentation)
