"""Runs the application: `python -m app.serve`. How the server is set up stands here, for every machine.

One process is one worker: to use more processors, start more of them (containers, or instances on one port behind a
proxy), so that each has its own pool, figures and health.
"""

import argparse
import os

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from app.environment import prepared_environment

SLOW_CLIENT_MS = 10_000  # the time a client has for its headers
GRACE_SECONDS = 25  # the time that running requests have after SIGTERM; below the 30 s that platforms give


def main() -> None:
    """Serve until SIGTERM, then finish what is running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reload", action="store_true", help="start again when a file changes")
    options = parser.parse_args()
    with prepared_environment():
        server(reload=options.reload).serve()


def server(*, reload: bool = False) -> Granian:
    """Return the server, not yet listening."""
    return Granian(
        "app.main:create_app",
        factory=True,
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.warning,
        backlog=1024,
        backpressure=512,
        http1_settings=HTTP1Settings(header_read_timeout=SLOW_CLIENT_MS, max_buffer_size=65_536),
        workers_kill_timeout=GRACE_SECONDS,
        reload=reload,
    )


if __name__ == "__main__":
    main()
