"""What other clients feel while `architect tune` reads their server: pgbench's p99 with and without it.

Rounds alternate: without, with, without. In a round `with`, all that a tuning run asks of a server is asked every
`every` seconds: a real run asks it once, and plans on a twin elsewhere for the rest of its time. The asking process has
the lowest priority, because here its own processor time would be taken from the server's machine. Two rounds without
it, one before and one after, tell the noise: an effect smaller than that cannot be seen.

python benchmarks/tune/impact.py [rounds] [seconds] [every]
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.embedded import binary

SCALE, CLIENTS = 10, 4
READER = """
import asyncio, os, sys, time
from backend_architect.tune import observe
from backend_architect.tune.advice_run import read_source
os.nice(19)
while True:
    began = time.monotonic()
    asyncio.run(observe(sys.argv[1]))
    read_source(sys.argv[1])
    print(time.monotonic() - began, flush=True)
    time.sleep(max(0.0, float(sys.argv[2]) - (time.monotonic() - began)))
"""
SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "shared_buffers": "256MB", "max_connections": "50"}


def main(rounds: int = 6, seconds: int = 8, every: int = 4) -> None:
    """Print the p99 of each round, the ratio with to without, and the ratio between equal rounds."""
    place = tempfile.TemporaryDirectory(prefix="architect-impact-")
    with place, start_embedded(Path(place.name) / "postgres", SETTINGS) as server:
        _fill(server)
        _round(server, 3)  # warm
        measured = [_pair(server, seconds, every) for _ in range(rounds)]
    without = [first for first, _, _ in measured]
    again = [second for _, second, _ in measured]
    ratios = [reading / ((first + second) / 2) for first, second, reading in measured]
    noise = [max(pair) / min(pair) for pair in zip(without, again, strict=True)]
    print(f"p99 with / without: median {median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")
    print(f"noise, two rounds without: median {median(noise):.2f}, up to {max(noise):.2f}")


def _pair(server: EmbeddedServer, seconds: int, every: int) -> tuple[float, float, float]:
    first = _round(server, seconds)
    with _reading(server, every) as took:
        reading = _round(server, seconds)
    second = _round(server, seconds)
    told = f"{len(took)} times, {median(took):.1f} s each" if took else "not once"
    print(f"p99 without {first:.2f} ms, with {reading:.2f} ms (read {told}), without {second:.2f} ms", flush=True)
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
def _reading(server: EmbeddedServer, every: int) -> Iterator[list[float]]:
    """Read the server as a tuning run does meanwhile; the list holds how long each reading took, once it is over."""
    took = list[float]()
    command = [sys.executable, "-W", "ignore", "-c", READER, server.url(), str(every)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        took.append(float(reader.stdout.readline()))  # it has started, and read once
        try:
            yield took
        finally:
            reader.terminate()
            took[:] = [float(line) for line in reader.stdout]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
