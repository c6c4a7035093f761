"""What 200 people do to others who sign in at once, and again after a second: the p99 of reads with and without them.

    python benchmarks/peers/sign_ins.py [--rounds 4] [--seconds 3]

Needs wrk and the development requirements. The limit of sign-ins is raised, so that each of them reaches the password.
Loopback only; everything that it starts it also stops.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from building import build, built_candidate, built_tokens, fill_built
from databases import running_databases
from loading import Load, load
from operations import CALLERS
from serving import Server, serving

PEOPLE: Final = 200
SETTLED: Final = 5  # seconds after which no password of those who went away is looked at any more
SIGN_IN: Final = """
wrk.method, wrk.path, wrk.headers["content-type"] = "POST", "/v1/auth/sign-in", "application/json"
local number = 0
function delay()
  return 1000
end
function request()
  number = number + 1
  return wrk.format(nil, nil, nil, '{"email": "nobody' .. number .. '@example.com", "password": "a wrong password"}')
end
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        own = Path(name)
        own.chmod(0o755)
        project = own / "social"
        build(project)
        _raise_limit(project / "app/auth/routes.py")
        with running_databases(own / "postgres") as databases:
            fill_built(databases, project)
            with serving(built_candidate(databases, project), 9600, own / "log") as server:
                tokens = own / "tokens"
                tokens.write_text("\n".join(built_tokens(project, CALLERS).values()))
                load(server, "read one", tokens, databases, seconds=1, seed=99)  # warms up
                loads: dict[bool, list[Load]] = {False: [], True: []}
                for number in range(options.rounds * 2):
                    busy = bool(number % 2)
                    with signing_in(server, own, busy=busy):
                        found = load(server, "read one", tokens, databases, seconds=options.seconds, seed=number)
                        loads[busy].append(found)
    alone, beside = (median(each.p99_ms for each in loads[busy]) for busy in (False, True))
    ratio = median(b.p99_ms / a.p99_ms for a, b in zip(loads[False], loads[True], strict=True))
    print(f"p99 of reading one row: {alone:.0f} ms; beside {PEOPLE} sign-ins {beside:.0f} ms ({ratio:.2f} times)")
    failed = [sum(each.failed for each in loads[busy]) for busy in (False, True)]
    print(f"reads that failed: {failed[0]} alone, {failed[1]} beside them; load {os.getloadavg()[0]:.0f}")


def _raise_limit(routes: Path) -> None:
    text = routes.read_text()
    unlimited = re.sub(r'limited\("sign_in", \d+', 'limited("sign_in", 1_000_000_000', text)
    assert unlimited != text
    routes.write_text(unlimited)


@contextmanager
def signing_in(server: Server, own: Path, *, busy: bool) -> Iterator[None]:
    """Let `PEOPLE` sign in again and again while the block runs."""
    if not busy:
        yield
        return
    script = own / "sign_in.lua"
    script.write_text(SIGN_IN)
    command = ["wrk", "-t1", f"-c{PEOPLE}", "-d600", "--timeout", "30s", "-s", str(script), server.url]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as people:
        try:
            yield
        finally:
            people.terminate()
    time.sleep(SETTLED)


if __name__ == "__main__":
    sys.exit(main())
