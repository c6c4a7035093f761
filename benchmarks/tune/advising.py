"""What the tool advises for a database, asked as a user asks: by the command line."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from memory import Peak

ARCHITECT = (str(Path(sys.executable).with_name("architect")),)
LIMIT_SECONDS = 600


class NoAdvice(Exception):
    """The tool failed, or said nothing about indexes."""


@dataclass(frozen=True, slots=True)
class Advised:
    """The CREATE INDEX statements, how long the tool took, and all that it said.

    The memory is the most that it was seen with, alone and with its own PostgreSQL's processes.
    """

    indexes: tuple[str, ...]
    seconds: float
    peak_bytes: int
    everything_bytes: int
    said: dict[str, object]


def advise(
    url: str, workload: Path, budget: int | None, *, hash_seed: str = "0", time_limit: str | None = None
) -> Advised:
    """Return what `architect tune` advises; raise NoAdvice when it does not."""
    command = [*ARCHITECT, "tune", "--workload", str(workload), "--json"]
    command += ["--budget", str(budget)] if budget is not None else []
    command += ["--time", time_limit] if time_limit is not None else []
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONHASHSEED": hash_seed}
    began = time.monotonic()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        peak = Peak(running.pid)
        try:
            told, complaint = running.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            raise NoAdvice(f"no answer in {LIMIT_SECONDS} s") from None
        finally:
            peak.stop()
    seconds = time.monotonic() - began
    if running.returncode:
        raise NoAdvice((complaint or told).strip()[-2000:])
    said = json.loads(told)
    if not said.get("advice"):
        raise NoAdvice("the answer holds no advice")
    return Advised(tuple(each["sql"] for each in said["advice"]["indexes"]), seconds, peak.tool, peak.everything, said)
