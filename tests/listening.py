"""A PostgreSQL that listens on TCP, on a port that was free and is its own."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend_architect.errors import DatabaseError
from backend_architect.postgres import EmbeddedServer, start_embedded

TRIES = 5


@contextmanager
def listening(folder: Path, settings: Mapping[str, str]) -> Iterator[EmbeddedServer]:
    """Start a server on 127.0.0.1; where somebody took its port between choice and start, it takes another one."""
    for left in reversed(range(TRIES)):
        own = {**settings, "listen_addresses": "127.0.0.1", "port": str(_free_port())}
        started = start_embedded(folder, own)
        try:
            server = started.__enter__()
        except DatabaseError:
            if not left or "Address already in use" not in (folder / "log").read_text():
                raise
            continue
        try:
            yield server
        finally:
            started.__exit__(None, None, None)
        return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
