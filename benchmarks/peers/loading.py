"""One bounded load on one operation of one server: wrk with one thread and 32 connections, and what it cost."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from databases import Databases
from operations import POSTS, USERS
from serving import Server

SCRIPT: Final = Path(__file__).with_name("requests.lua")
CONNECTIONS: Final = 32
OPEN_TO_ALL: Final = frozenset({"read one", "list of 20"})


@dataclass(frozen=True, slots=True)
class Load:
    """What one load found: requests a second, milliseconds, and microseconds of processor time a request."""

    rate: float
    median_ms: float
    p99_ms: float
    failed: int
    server_us: float
    database_us: float


def load(server: Server, operation: str, tokens: Path, databases: Databases, *, seconds: int, seed: int) -> Load:
    """Return what `seconds` of the operation found."""
    databases.wait_until_idle()
    before = server.cpu_seconds(), databases.cpu_seconds()
    found = _wrk(server, operation, tokens, seconds, seed)
    after = server.cpu_seconds(), databases.cpu_seconds()
    requests = max(found["requests"], 1)
    return Load(
        rate=found["requests"] / found["microseconds"] * 1e6,
        median_ms=found["median_us"] / 1000,
        p99_ms=found["p99_us"] / 1000,
        failed=found["failed"],
        server_us=(after[0] - before[0]) / requests * 1e6,
        database_us=(after[1] - before[1]) / requests * 1e6,
    )


def _wrk(server: Server, operation: str, tokens: Path, seconds: int, seed: int) -> dict[str, int]:
    dialect = server.candidate.dialect
    environment = {
        "OPERATION": operation,
        "METHOD": dialect.method(operation),
        "PATH_FORMAT": dialect.path_format(operation),
        "ROWS": str(USERS if operation == "list of 20" else POSTS),
        "SIGNED_IN": "0" if operation in OPEN_TO_ALL else "1",
        "SEED": str(seed),
        "TOKENS": str(tokens),
    }
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    command += ["-s", str(SCRIPT), server.url]
    environment = {**os.environ, **environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60, check=False)
    found = re.search(r"FOUND (\{.*\})", done.stdout)
    if found is None:
        raise RuntimeError(f"wrk on {server.candidate.title}: {done.stdout}{done.stderr}")
    answer: dict[str, int] = json.loads(found[1])
    return answer
