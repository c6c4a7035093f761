"""How a backend says that it is alive, asked again and again while something fails around it (invariant I5)."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Measure, timely

INTERVAL_SECONDS = 0.1
AT_MOST = 0.2
USUALLY = 0.9
"""The share of the answers that must come in time: the machine of the proof may be busy with other things."""


@dataclass
class HealthWatch:
    """Every answer of /healthz so far: its status (0: none came), and the seconds that it took."""

    answers: list[tuple[int, float]] = field(default_factory=list)

    def case(self, at_most: float = AT_MOST) -> Case:
        """Return whether it was alive throughout, and quick to say so."""
        wrong = sorted({status for status, _ in self.answers if status != 200})
        times = sorted(seconds for _, seconds in self.answers)
        usual = times[int(len(times) * USUALLY)] if times else 0.0
        verdict, late = timely(bool(times) and not wrong, usual, at_most)
        actual = (
            f"{len(times)} answers" + (f", some {wrong}" if wrong else ", all 200") + f", 90 % within {usual:.3f} s"
        )
        expected = f"200 throughout, within {at_most} s"
        measures = (Measure("90 % within", round(usual * 1000, 1), "ms"),)
        return Case("I5: GET /healthz", verdict, expected, actual, 'curl -i "$API/healthz"', "", measures, late)


@contextmanager
def watching(backend: Backend) -> Iterator[HealthWatch]:
    """Ask while the block lasts, each time on a new connection."""
    watch, stop = HealthWatch(), threading.Event()

    def ask() -> None:
        while not stop.is_set():
            watch.answers.append(_answer(backend.port))
            stop.wait(INTERVAL_SECONDS)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join(10)


def _answer(port: int) -> tuple[int, float]:
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        status = 0
    finally:
        connection.close()
    return status, time.monotonic() - started
