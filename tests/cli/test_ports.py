"""A port belongs to one `architect` alone, also in the moment before anything listens on it."""

import os
import socket
import subprocess
import sys

import pytest

from backend_architect.cli.running import ports
from backend_architect.cli.running.ports import choose_port
from backend_architect.errors import PortTaken

HOLDER = """
import sys
from backend_architect.cli.running.ports import choose_port
print(choose_port(int(sys.argv[1]))[0], flush=True)
input()
"""


def test_a_port_that_another_one_is_about_to_use_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    port = _quiet_port()
    monkeypatch.setattr(ports, "FIRST", port)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert int(holder.stdout.readline()) == port
        with pytest.raises(PortTaken, match="another architect"):
            choose_port(port)
        assert choose_port(None)[0] > port
        holder.communicate("\n")
    assert choose_port(port)[0] == port


def _quiet_port() -> int:
    """Return a free port that nobody gets who asks for any, and that no other test is about to try."""
    for port in range(20_000 + os.getpid() % 5_000, 30_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
