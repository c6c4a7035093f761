"""What a backend writes to its log while something is tried."""

import json
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from backend_architect.proof.backend import Backend

WAIT_SECONDS = 3.0


class Listening:
    """Everything that is logged from here on, once all that happened before is logged."""

    def __init__(self, backend: Backend) -> None:
        self._file = backend.log
        self._begin = self._file.stat().st_size
        before = uuid4().hex
        backend.client.ask(backend.anonymous(), "GET", "/v1/me", headers={"x-request-id": before})
        self.until(lambda lines: any(before in line for line in lines))
        self._begin = self._file.stat().st_size

    def lines(self) -> list[str]:
        """Return the whole lines written so far."""
        with self._file.open("rb") as file:
            file.seek(self._begin)
            return file.read().decode(errors="replace").split("\n")[:-1]

    def until(self, enough: Callable[[Sequence[str]], bool]) -> list[str]:
        """Return the lines once there are enough of them, or after a while: a line comes after its answer."""
        end = time.monotonic() + WAIT_SECONDS
        while not enough(self.lines()) and time.monotonic() < end:
            time.sleep(0.02)
        return self.lines()


def parsed(line: str) -> dict[str, object]:
    """Return the JSON object of a line; nothing where it is something else."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
