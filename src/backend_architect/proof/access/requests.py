"""Requests of the access probes: many of each person, so that the limits of one server may be used up."""

from collections.abc import Mapping

from backend_architect.proof.access.personas import Persona
from backend_architect.proof.client import Exchange
from backend_architect.proof.lab import Lab
from backend_architect.proof.routes import Request

TOO_MANY_REQUESTS = 429


class Asking:
    """Sends requests to the lab's backend; where a limit is used up, to one more server on the same database."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.server = lab.backend

    def send(self, request: Request, persona: Persona, headers: Mapping[str, str] | None = None) -> Exchange:
        """Return the answer that somebody gets."""
        answer = request.send(self.server, persona.actor, headers)
        if answer.status == TOO_MANY_REQUESTS:
            self.renew()
            answer = request.send(self.server, persona.actor, headers)
        return answer

    def renew(self) -> None:
        """Ask a new server from now on, whose caches are empty."""
        self.server = self.lab.another(self.lab.backend)
