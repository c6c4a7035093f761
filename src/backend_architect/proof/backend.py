"""A copy of the project that runs: its database, its server, and the people who use it."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from backend_architect.design.model import Design
from backend_architect.postgres import Session
from backend_architect.proof.client import Actor, Client
from backend_architect.proof.people import NOBODY, join
from backend_architect.proof.rows import Rows
from backend_architect.running import RunEnvironment, serving


@dataclass
class Backend:
    """A running server on a database of its own. `log` is the file that it writes to."""

    design: Design
    place: RunEnvironment
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    database: Session
    client: Client
    rows: Rows
    people: list[Actor] = field(default_factory=list)
    regulars: dict[str, Actor] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        """Return where the server listens."""
        return self.client.url

    def anonymous(self) -> Actor:
        """Return somebody who has not signed in, from an address that nobody else has."""
        return Actor(NOBODY, self._address())

    def newcomer(self, name: str, password: str = "") -> Actor:
        """Return somebody who has no account yet, with an e-mail address and a password to register with."""
        email = f"{name}-{next(self._numbers)}@people.example"
        return Actor(name, self._address(), email=email, password=password or secrets.token_urlsafe(18))

    def person(self, name: str, *roles: str) -> Actor:
        """Return somebody who has just registered and signed in, with these roles."""
        actor = join(self, self.newcomer(name), roles)
        self.people.append(actor)
        return actor

    def regular(self, name: str, *roles: str) -> Actor:
        """Return the person of this name, registered when first asked for: several probes may share them."""
        if name not in self.regulars:
            person = self.regulars[name] = self.person(name.replace(":", "-"), *roles)
            if self.design.account:
                self.rows.fill(self.design.account.name, person.id)
        return self.regulars[name]

    def insider(self) -> Actor:
        """Return somebody with every role, for what no rule should refuse; nobody where there are no accounts."""
        auth = self.design.auth
        return self.person("insider", *auth.roles) if auth else self.anonymous()

    def moved(self, actor: Actor) -> Actor:
        """Return the same person at an address that nobody else has: limits per address begin anew."""
        return replace(actor, address=self._address())

    def _address(self) -> str:
        number = next(self._numbers)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@contextmanager
def running(design: Design, place: RunEnvironment, port: int, folder: Path) -> Iterator[Backend]:
    """Give the backend while the block lasts; its log is kept in `folder`."""
    log = folder / f"server-{port}.log"
    database = Session(place.environment["DATABASE_URL"])
    client = Client(f"http://127.0.0.1:{port}")
    try:
        with log.open("a") as file, serving(place, port, log=file) as process:
            yield Backend(design, place, port, process, log, database, client, Rows(design, database))
    finally:
        client.close()
        database.close()
