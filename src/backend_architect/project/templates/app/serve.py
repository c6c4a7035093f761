"""Runs the application: `python -m app.serve`. How the server is set up stands here, for every machine.

One process is one worker: to use more processors, start more of them (containers, or instances on one port behind a
proxy), so that each has its own pool, figures and health.
"""

import argparse
import asyncio
import os
import resource
import signal
import sys
from pathlib import Path
from threading import Timer

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from app.core.connections import IN_ALL, listening_port
from app.core.database import require_fitting_pooler
from app.core.database_role import warn_of_role
from app.core.environment import prepared_environment
from app.core.settings import load_settings
from app.core.telemetry import configure_logging

OTHER_FILES = 512  # that are open beside the clients' connections: those to PostgreSQL, logs, Python's own
GRACE_SECONDS = 20  # the time that running requests have to finish; with the draining, below the 30 s of platforms


def main() -> None:
    """Serve until SIGTERM, then finish what is running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reload", action="store_true", help="start again when a file changes")
    options = parser.parse_args()
    with prepared_environment():
        settings = load_settings()  # here, where what is missing is told once
        if settings.database_pooler:
            asyncio.run(require_fitting_pooler(settings))
        if settings.production:
            configure_logging(settings.log_level)
            asyncio.run(warn_of_role(settings.database_url))
        allow_files(IN_ALL + OTHER_FILES)
        build_server(idle=settings.idle_seconds, reload=options.reload).serve()


def allow_files(wanted: int) -> None:
    """Let this process and its workers have so many files open, as far as the system allows: connections are files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def build_server(target: str = "app.main:create_app", *, idle: float, reload: bool = False) -> Server:
    """Return the server, not yet listening. For `idle` seconds it waits for a whole request."""
    server = Server(
        target,
        factory=True,
        address=os.environ.get("HOST", "127.0.0.1"),
        port=listening_port(),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # where it may be HTTP/2, a connection on which nothing is sent is never closed
        websockets=False,
        log_level=LogLevels.warning,
        url_path_prefix=os.environ.get("ROOT_PATH") or None,
        backlog=1024,
        backpressure=IN_ALL,
        http1_settings=HTTP1Settings(header_read_timeout=round(idle * 1000), max_buffer_size=65_536),
        workers_kill_timeout=GRACE_SECONDS,
        reload=reload,
        reload_paths=[Path("app")],  # the database of development writes below .data all the time
        reload_ignore_worker_failure=reload,  # a mistake in a file is shown, and the next change is tried
    )
    if reload:
        address = f"http://{server.bind_addr}:{server.bind_port}"
        told = f"Running at {address} (API docs: {address}/docs). Press Ctrl-C to stop.\n"
        server.on_startup(lambda: sys.stdout.write(told) and sys.stdout.flush())
    drain = float(os.environ.get("DRAIN_SECONDS", "0"))
    if drain:
        server.on_startup(lambda: signal.signal(signal.SIGTERM, lambda *_: _drain(server, drain)))
    return server


def _drain(server: Server, seconds: float) -> None:
    """Let /readyz say 503 for a while before connections are refused, so that the load balancer has looked away."""
    for worker in server.wrks:
        os.kill(worker.inner.pid, signal.SIGUSR1)
    Timer(seconds, server.signal_handler_interrupt).start()


if __name__ == "__main__":
    main()
