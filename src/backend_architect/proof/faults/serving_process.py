"""The process that answers requests: the server's largest child, or the server itself where it has none."""

import psutil

from backend_architect.proof.backend import Backend


def serving_process(backend: Backend) -> psutil.Process:
    """Return the process that answers the requests of a running backend."""
    server = psutil.Process(backend.process.pid)
    return max([*server.children(recursive=True)] or [server], key=lambda process: process.memory_info().rss)
