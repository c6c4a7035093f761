"""The built project beside the same API on other stacks: requests/s, p99, processor time, statements a request.

    BACKEND_ARCHITECT_PEERS=/folder/of/the/peers python benchmarks/peers/run.py [--rounds 4] [--seconds 3]

Needs wrk, npm and the development requirements. What the peers need is installed into --work once, and kept there.
Loopback only; everything that it starts it also stops.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Final

from building import build, built_candidate, built_tokens, fill_built
from candidates import BARE, PEERS, PEERS_DATABASE, Candidate, peer_candidate
from checking import check, count_statements
from databases import RESET_BUILT, RESET_PEERS, Databases, fill_peers, running_databases
from installing import install, missing_programs
from joserfc import jwt
from joserfc.jwk import OctKey
from loading import Load, load
from operations import CALLERS, OPERATIONS, WRITES
from serving import Server, serving
from tables import report

VARIABLE: Final = "BACKEND_ARCHITECT_PEERS"
WORK: Final = Path(tempfile.gettempdir()) / "backend-architect-peers"
PEERS_SECRET: Final = "only for the peers of this benchmark"
HOW: Final = f"""The peers are not part of this repository. To measure beside them, name their folder:
    {VARIABLE}=/folder make bench
It holds peers/ (one file a peer, and node/), sql/schema.sql and requirements.txt."""


def main() -> int:
    options = _options()
    if VARIABLE not in os.environ:
        print(HOW)
        return 0
    if missing := missing_programs():
        print(f"Missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped then, too
    source = Path(os.environ[VARIABLE]).resolve()
    print(f"{_now()} installing what is missing into {options.work}", flush=True)
    install(source, options.work)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, ExitStack() as stack:
        Path(name).chmod(0o755)
        run = Run(source, options.work, Path(name))
        databases = stack.enter_context(running_databases(options.work / "postgres"))
        candidates = run.prepare(databases, options.only)
        servers = [stack.enter_context(run.started(each, 9500 + n)) for n, each in enumerate(candidates)]
        statements = run.check(servers, databases)
        loads = run.measure(servers, databases, options)
        text = report(loads, statements)
    print(f"\n{text}")
    if options.out:
        options.out.write_text(text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--only", action="append", help="a part of a peer's title; may be given several times")
    parser.add_argument("--work", type=Path, default=WORK, help="where packages and the database are kept")
    parser.add_argument("--out", type=Path, help="a file for the tables")
    return parser.parse_args()


class Run:
    """One run: the peers' folder, the folder that is kept, and the folder of this run alone."""

    def __init__(self, source: Path, work: Path, own: Path) -> None:
        self.source, self.work, self.own = source, work, own
        self.project = own / "social"
        self.loads = work / "loads.jsonl"

    def prepare(self, databases: Databases, only: Sequence[str] | None) -> list[Candidate]:
        """Return the candidates, with both databases filled; bare ASGI is always among them."""
        print(f"{_now()} filling the databases", flush=True)
        build(self.project)
        fill_built(databases, self.project)
        fill_peers(databases, PEERS_DATABASE, self.source)
        databases.execute("postgres", "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        environment = {
            "PGDIR": databases.server.socket_folder,
            "JWT_SECRET": PEERS_SECRET,
            "SQL_JSON": str(self.work / "sql.json"),
            "NODE_ENV": "production",
            "WORKERS": "1",
        }
        chosen = [p for p in PEERS if not only or p.title == BARE or any(part in p.title for part in only)]
        peers = [peer_candidate(peer, self.source, self.work, environment) for peer in chosen]
        return [built_candidate(databases, self.project), *peers]

    @contextmanager
    def started(self, candidate: Candidate, port: int) -> Iterator[Server]:
        """Give a candidate that answers, with a log of its own."""
        with serving(candidate, port, self.own / f"{port}.log") as server:
            yield server

    def check(self, servers: Sequence[Server], databases: Databases) -> dict[str, dict[str, float]]:
        """Return the statements a request of each candidate, every one of them held against the contract."""
        found = {}
        for server in servers:
            tokens = self._tokens(server)
            check(server, tokens, databases, PEERS_DATABASE)
            found[server.candidate.title] = count_statements(server, tokens, databases)
            _reset(server, databases)
            print(f"{_now()} {server.candidate.title} keeps the contract", flush=True)
        return found

    def measure(
        self, servers: Sequence[Server], databases: Databases, options: argparse.Namespace
    ) -> Mapping[tuple[str, str], Sequence[Load]]:
        """Return the loads; in each round every candidate has its turn, in an order of its own."""
        loads: dict[tuple[str, str], list[Load]] = defaultdict(list)
        order = random.Random(7)  # the same order in every run
        for operation in OPERATIONS:
            files = {server.port: self._token_file(server) for server in servers}
            for number in range(-1, options.rounds):  # the first warms up, and does not count
                for server in order.sample(servers, len(servers)):
                    seconds = options.seconds if number >= 0 else 1
                    found = load(server, operation, files[server.port], databases, seconds=seconds, seed=number + 2)
                    server.forget_log()
                    if operation in WRITES:
                        _reset(server, databases)
                    if number >= 0:
                        loads[server.candidate.title, operation].append(found)
                        self._keep(server, operation, number, found)
            print(f"{_now()} {operation} is measured, load {os.getloadavg()[0]:.1f}", flush=True)
        return loads

    def _tokens(self, server: Server) -> dict[int, str]:
        """Return a fresh access token for each caller."""
        if server.candidate.database != PEERS_DATABASE:
            return built_tokens(self.project, CALLERS)
        now, key = int(time.time()), OctKey.import_key(PEERS_SECRET)
        about = {"token_type": "access", "iat": now, "exp": now + 86400}
        return {
            number: jwt.encode(
                {"alg": "HS256"}, {"sub": str(number), "user_id": number, "jti": f"j{number}", **about}, key
            )
            for number in CALLERS
        }

    def _token_file(self, server: Server) -> Path:
        file = self.own / f"{server.port}.tokens"
        file.write_text("\n".join(self._tokens(server).values()))
        return file

    def _keep(self, server: Server, operation: str, number: int, found: Load) -> None:
        about = {"title": server.candidate.title, "operation": operation, "round": number, "at": _now()}
        with self.loads.open("a") as file:
            file.write(dumps({**about, **asdict(found)}) + "\n")


def _reset(server: Server, databases: Databases) -> None:
    """Put the tables back, so that every load finds the same rows."""
    databases.wait_until_idle()
    database = server.candidate.database
    databases.execute(database, *(RESET_PEERS if database == PEERS_DATABASE else RESET_BUILT))


def _now() -> str:
    return time.strftime("%H:%M:%S")


if __name__ == "__main__":
    sys.exit(main())
