"""Requests of the access probes: many of each person, so that the limits of one server may be used up."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from backend_architect.proof.access.personas import Persona
from backend_architect.proof.client import Exchange
from backend_architect.proof.lab import Lab
from backend_architect.proof.routes import Request

TOO_MANY_REQUESTS = 429
HELD = 0.5
"""Seconds for which a row is held, so that many requests wait for it."""


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

    def many(self, request: Request, persona: Persona, number: int, *, about: tuple[str, str]) -> list[Exchange]:
        """Return the answers to a request sent many times at once, while its row (table, id) is held for a moment.

        Those that a connection is there for wait for the row, and have all begun before the first of them goes on.
        """
        database = self.lab.backend.database
        database.run(f"BEGIN; SELECT 1 FROM \"{about[0]}\" WHERE id = '{UUID(about[1])}' FOR UPDATE")
        with ThreadPoolExecutor(number) as pool:
            sent = [pool.submit(request.send, self.server, persona.actor) for _ in range(number)]
            time.sleep(HELD)
            database.run("ROLLBACK")
            return [each.result() for each in sent]

    def renew(self) -> None:
        """Ask a new server from now on, whose caches are empty."""
        self.server = self.lab.another(self.lab.backend)
