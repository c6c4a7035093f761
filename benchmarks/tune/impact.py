"""What other clients feel while `architect tune` reads their server: pgbench's p99 with and without it.

Rounds alternate: without, with, without, ... In a round `with`, `architect tune` runs again and again, far more than
anybody would. It runs at the lowest priority: on one machine its own processor time would count as the server's. Two
rounds without it, one after the other, tell the noise. python benchmarks/tune/impact.py [rounds] [seconds]
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.embedded import binary

SCALE, CLIENTS = 10, 4
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]
SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "shared_buffers": "256MB", "max_connections": "50"}


def main(rounds: int = 4, seconds: int = 8) -> None:
    """Print the p99 of each round, the ratio with to without, and the ratio between equal rounds."""
    place = tempfile.TemporaryDirectory(prefix="architect-impact-")
    with place, start_embedded(Path(place.name) / "postgres", SETTINGS) as server:
        _fill(server)
        _round(server, 3)  # warm
        measured = [_pair(server, seconds, number) for number in range(rounds)]
    without = [first for first, _, _ in measured]
    again = [second for _, second, _ in measured]
    ratios = [reading / ((first + second) / 2) for first, second, reading in measured]
    noise = [max(pair) / min(pair) for pair in zip(without, again, strict=True)]
    print(f"p99 with / without: median {median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")
    print(f"noise, two rounds without: median {median(noise):.2f}, up to {max(noise):.2f}")


def _pair(server: EmbeddedServer, seconds: int, number: int) -> tuple[float, float, float]:
    first = _round(server, seconds)
    with _tuning(server) as runs:
        reading = _round(server, seconds)
    second = _round(server, seconds)
    print(
        f"round {number + 1}: without {first:.2f} ms, with {reading:.2f} ms ({len(runs)} runs), without {second:.2f} ms"
    )
    return first, second, reading


def _fill(server: EmbeddedServer) -> None:
    subprocess.run(
        [*_pgbench(server), "--initialize", "--quiet", "--scale", str(SCALE), "postgres"],
        check=True,
        capture_output=True,
    )
    with Session(server.url()) as session:
        session.run("CREATE EXTENSION pg_stat_statements")


def _pgbench(server: EmbeddedServer) -> list[str]:
    where = ["--host", server.socket_folder, "--port", str(server.port), "--username", "postgres"]
    return [str(binary("pgbench")), *where]


def _round(server: EmbeddedServer, seconds: int) -> float:
    """Return the 99th percentile of the transactions' latency in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--client", str(CLIENTS), "--time", str(seconds), "--log", "--no-vacuum", "postgres"]
        subprocess.run([*_pgbench(server), *options], check=True, capture_output=True, cwd=folder)
        lines = [line for file in Path(folder).iterdir() for line in file.read_text().splitlines()]
    latencies = sorted(int(line.split()[2]) for line in lines)
    return latencies[int(len(latencies) * 0.99)] / 1000


@contextlib.contextmanager
def _tuning(server: EmbeddedServer) -> Iterator[list[int]]:
    """Run `architect tune` again and again meanwhile."""
    over, runs = threading.Event(), list[int]()

    def again() -> None:
        while not over.is_set():
            command = [*ARCHITECT, "tune", server.url(), "--json"]
            done = subprocess.run(command, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.nice(19), check=True)
            runs.append(done.returncode)

    worker = threading.Thread(target=again)
    worker.start()
    try:
        yield runs
    finally:
        over.set()
        worker.join()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
