"""Serves one candidate: `serve.py MODULE:NAME PORT`, one granian process, in the built project's folder."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path.cwd()), str(Path(__file__).parent)]

if __name__ == "__main__":
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    target, port = sys.argv[1], int(sys.argv[2])
    Server(
        target,
        factory=not target.startswith("bare:"),
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.warning,
        backpressure=512,
    ).serve()
