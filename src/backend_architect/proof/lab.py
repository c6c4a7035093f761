"""Where probes work: a PostgreSQL of the proof's own, migrated copies of the project's database, running servers."""

import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Self

from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.proof.application import Application, read_application
from backend_architect.proof.backend import Backend, running
from backend_architect.proof.subject import Subject
from backend_architect.running import RunEnvironment, migrate, python_for
from backend_architect.running.identity_provider import StrictProvider, running_provider
from backend_architect.running.mail_server import MailServer, running_mail_server

FAST = {
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "200",
    "log_timezone": "UTC",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
ALLOWED_ORIGIN = "https://app.example.com"
FILE_STORE = {  # only designs with files read it; nothing is sent there, addresses are signed for it
    "S3_ENDPOINT": "https://files.example.com",
    "S3_BUCKET": "files",
    "S3_ACCESS_KEY": "proof",
    "S3_SECRET_KEY": secrets.token_urlsafe(24),
}


def redirect_uri(name: str, client: str = "api") -> str:
    """Return the address that a provider sends somebody back to; nobody listens there."""
    return f"https://{client}.example.com/v1/auth/{name}/callback"


def provider_settings(providers: Mapping[str, StrictProvider]) -> dict[str, str]:
    """Return the environment that leads a backend to these providers."""
    settings: dict[str, str] = {}
    for name, provider in providers.items():
        at = {"URL": provider.url, "API_URL": f"{provider.url}/api"} if name == "github" else {"ISSUER": provider.url}
        keys = {"CLIENT_ID": provider.client_id, "CLIENT_SECRET": provider.client_secret}
        back = {"REDIRECT_URI": redirect_uri(name), "APP_REDIRECT_URI": redirect_uri(name, "app")}
        settings |= {f"{name.upper()}_{key}": value for key, value in {**keys, **back, **at}.items()}
    return settings


class Lab:
    """Everything is started when a probe first needs it, and ended with the lab."""

    def __init__(self, subject: Subject, tell: Callable[[str], None], server: EmbeddedServer | None = None) -> None:
        self.subject = subject
        self.tell = tell
        self._server = server
        self.secret = secrets.token_urlsafe(48)
        """The key that the backends sign access tokens with: probes forge some with it."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def folder(self) -> Path:
        """Return a folder that is deleted with the lab."""
        path = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="architect-proof-")))
        path.chmod(0o755)  # the database's own user walks through it
        return path

    @cached_property
    def python(self) -> Path:
        """Return the interpreter that runs the project."""
        return python_for(self.subject.folder, self.tell)

    @cached_property
    def server(self) -> EmbeddedServer:
        """Return the PostgreSQL that every probe shares; it trades durability for speed."""
        return self._server or self._stack.enter_context(start_embedded(self.folder / "postgres", FAST))

    @cached_property
    def providers(self) -> Mapping[str, StrictProvider]:
        """Return the identity providers that the design names, each with the backend registered."""
        names = self.subject.design.providers
        running: dict[str, StrictProvider] = {name: self._stack.enter_context(running_provider()) for name in names}
        for name, provider in running.items():
            provider.redirect_uris |= {redirect_uri(name), redirect_uri(name, "app")}
        return running

    @cached_property
    def mail(self) -> MailServer:
        """Return the mail server that gets the letters of every backend."""
        return self._stack.enter_context(running_mail_server())

    @cached_property
    def backend(self) -> Backend:
        """Return the backend that all probes share which leave it running, as production runs it."""
        return self._stack.enter_context(self.own())

    @cached_property
    def application(self) -> Application:
        """Return the routes of the project's application, and its OpenAPI document."""
        return read_application(self.place("postgresql://nobody@127.0.0.1/nothing"))

    @cached_property
    def disturbed(self) -> Backend:
        """Return the backend that the faults share which leave it running; its bounds are tighter, to be met soon."""
        return self._stack.enter_context(self.own(STATEMENT_TIMEOUT="3", REQUEST_TIMEOUT="6", IDLE_TIMEOUT="10"))

    @contextmanager
    def durable(self) -> Iterator[EmbeddedServer]:
        """Give a migrated PostgreSQL of the caller's own, as durable as production's, that may be stopped."""
        with start_embedded(self.folder / "durable") as server:
            migrate(self.place(server.url()))
            yield server

    @cached_property
    def _template(self) -> str:
        """Return the name of the migrated database that all others are copies of."""
        name = f"proof_{self.subject.migrations}"
        with Session(self.server.url()) as admin:
            known = admin.value("SELECT true FROM pg_database WHERE datname = $1", name)
        if not known:
            self._create(name)
            migrate(self.place(self.server.url(name)))
        return name

    def database(self) -> str:
        """Return the URL of a new database with the project's migrations applied."""
        name = f"proof_{secrets.token_hex(8)}"
        self._create(name, self._template)
        return self.server.url(name)

    def place(self, url: str, **environment: str) -> RunEnvironment:
        """Return what the project's commands run with, in production's settings unless told otherwise."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        own = {
            "ENVIRONMENT": "production",
            "DATABASE_URL": url,
            "JWT_SECRET": self.secret,
            "HOST": "127.0.0.1",
            "TRUSTED_HOSTS": "127.0.0.1,localhost",
            "TRUSTED_PROXIES": "127.0.0.1/32",
            "ALLOWED_ORIGINS": ALLOWED_ORIGIN,
            "PYTHONUNBUFFERED": "1",
            **FILE_STORE,
            **provider_settings(self.providers),
            **(self._mail_settings() if self.subject.design.has_mail else {}),
        }
        return RunEnvironment(self.subject.folder, self.python, {**kept, **own, **environment})

    def _mail_settings(self) -> dict[str, str]:
        """Return the environment that leads a backend to the mail server, and its links to somewhere."""
        sender = "The proof <no-reply@mail.example.com>"
        return {"SMTP_URL": self.mail.url, "MAIL_FROM": sender, "WEB_URL": ALLOWED_ORIGIN}

    @contextmanager
    def own(self, url: str = "", **environment: str) -> Iterator[Backend]:
        """Give a backend that no other probe uses, on the database at `url` or on a new one."""
        with held_port() as port:
            place = self.place(url or self.database(), PORT=str(port), **environment)
            with running(self.subject.design, place, port, self.folder) as backend:
                yield backend

    def another(self, backend: Backend) -> Backend:
        """Return one more server on a backend's database, until the lab ends: its limits and caches begin anew."""
        return self._stack.enter_context(self.own(backend.place.environment["DATABASE_URL"]))

    def _create(self, name: str, template: str = "template0") -> None:
        with Session(self.server.url()) as admin:
            admin.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@contextmanager
def held_port() -> Iterator[int]:
    """Give a port of this machine that nobody else is given while the block lasts.

    The server shares ports among its workers: two labs that chose the same one would get each other's requests. Shared
    only after it was chosen, the port is free for the server, and not for whoever asks for any port.
    """
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield int(holder.getsockname()[1])
