"""A port belongs to one `architect` alone, also in the moment before anything listens on it."""

import subprocess
import sys

import pytest

from backend_architect.cli.running.ports import choose_port
from backend_architect.errors import PortTaken

HOLDER = """
from backend_architect.cli.running.ports import choose_port
print(choose_port(None)[0], flush=True)
input()
"""


def test_a_port_that_another_one_is_about_to_use_is_not_taken() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        port = int(holder.stdout.readline())
        with pytest.raises(PortTaken, match="another architect"):
            choose_port(port)
        assert choose_port(None)[0] != port
        holder.communicate("\n")
    assert choose_port(port)[0] == port
