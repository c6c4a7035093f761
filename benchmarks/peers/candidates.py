"""The peers: how each is started, with one process and ten connections, the way its own documentation runs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from operations import PEER, Dialect


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server that is measured: its command, its environment, its folder, and the database that it works on."""

    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    database: str
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Peer:
    """One of the peers' files, and what serves it."""

    title: str
    server: str
    file: str
    environment: Mapping[str, str] = field(default_factory=dict)


BARE: Final = "bare ASGI + asyncpg"
PEERS: Final = (
    Peer("Fastify + postgres.js, hand-tuned", "node", "fastify_pg.mjs"),
    Peer(BARE, "uvicorn", "asgi_bare"),
    Peer("bare ASGI + asyncpg, on granian", "granian", "asgi_bare"),
    Peer("NestJS + Prisma", "node", "nest/dist/main.js"),
    Peer("FastAPI + SQLAlchemy async", "uvicorn", "fastapi_sqlalchemy"),
    Peer("FastAPI + SQLModel", "uvicorn", "fastapi_sqlmodel"),
    Peer("Litestar + advanced-alchemy", "uvicorn", "litestar_aa"),
    Peer("Django ninja", "gunicorn", "dj", {"API": "ninja"}),
    Peer("Django REST framework", "gunicorn", "dj", {"API": "drf"}),
)
FRAMEWORKS: Final = tuple(peer.title for peer in PEERS if peer.file not in ("fastify_pg.mjs", "asgi_bare"))
PEERS_DATABASE: Final = "bench"  # the name that stands in their files


def peer_candidate(peer: Peer, source: Path, work: Path, environment: Mapping[str, str]) -> Candidate:
    """Return a peer as it is started from the peers' folder, with what is installed in `work`."""
    folder = work / "node/app" if peer.server == "node" else source / "peers"
    return Candidate(
        title=peer.title,
        command=_command(peer, work / "venv/bin", work / "nodebin/node_modules/.bin/node", folder),
        environment={**environment, **peer.environment, "PYTHONPATH": str(source / "peers")},
        folder=folder,
        database=PEERS_DATABASE,
        dialect=PEER,
    )


def _command(peer: Peer, programs: Path, node: Path, folder: Path) -> tuple[str, ...]:
    """Return the command of a peer; `{port}` stands where the port belongs."""
    address = ("--host", "127.0.0.1", "--port", "{port}", "--log-level", "warning")
    app = f"{peer.file}:app"
    commands = {
        "uvicorn": (f"{programs}/uvicorn", app, *address, "--no-access-log", "--loop", "uvloop"),
        "granian": (f"{programs}/granian", "--interface", "asgi", "--loop", "uvloop", *address, app),
        "gunicorn": (f"{programs}/gunicorn", "--threads", "10", "-b", "127.0.0.1:{port}", app),
        "node": (str(node), str(folder / peer.file)),
    }
    return commands[peer.server]
