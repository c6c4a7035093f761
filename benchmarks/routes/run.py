"""The routes of a built project beside bare ASGI, in one run: requests a second, ratios, processor time a request.

    python benchmarks/routes/run.py [--rounds 4] [--seconds 2]

Needs wrk, and the development requirements. Loopback only; everything that it starts it also stops.
"""

import argparse
import asyncio
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import psutil

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples/social-sharing/backend.yaml"
CANDIDATES = {
    "bare": "bare:app",
    "routes": "styles:plain",
    "whole": "app.main:create_app",
}
OPERATIONS = ("one", "list", "feed", "create", "like")
EMPTY = "SET session_replication_role = replica; TRUNCATE likes, pgqueuer, pgqueuer_log"
SECRET = "only for this benchmark, " * 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is needed: apt-get install wrk", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, ExitStack() as stack:
        folder = Path(name) / "social"
        Path(name).chmod(0o755)
        _build(folder)
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        environment = stack.enter_context(_database(folder))
        _write_requests(folder, asyncio.run(_rows(environment["DATABASE_URL"])))
        ports = {name: 9400 + number for number, name in enumerate(CANDIDATES)}
        servers = {n: stack.enter_context(_serving(CANDIDATES[n], ports[n], environment)) for n in CANDIDATES}
        _print_table(_measure(folder, servers, environment["DATABASE_URL"], ports, options))
    return 0


def _build(folder: Path) -> None:
    command = [Path(sys.executable).with_name("architect"), "build", folder, "--design", EXAMPLE]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for path, call in (("app/core/rate_limits.py", "Limit"), ("app/posts/routes.py", "limited")):
        text = (folder / path).read_text()
        unlimited = re.sub(rf'{call}\("([\w.]+)", \d+', rf'{call}("\1", 1_000_000_000', text)
        assert unlimited != text
        (folder / path).write_text(unlimited)


@contextmanager
def _database(folder: Path) -> Iterator[dict[str, str]]:
    """Give the environment of the servers, with a migrated and filled database."""
    from app.core.environment import WATCHED, running_postgres  # noqa: PLC0415 - of the project that was just built
    from app.migrate import migrate  # noqa: PLC0415

    with running_postgres(folder / ".data/postgres", WATCHED) as url:
        asyncio.run(_execute(url, "CREATE DATABASE bench"))
        database = urlsplit(url)._replace(path="/bench").geturl()
        migrate(database)
        asyncio.run(_execute(database, (HERE / "seed.sql").read_text()))
        asyncio.run(_execute(database, "VACUUM ANALYZE"))
        yield {**os.environ, "DATABASE_URL": database, "JWT_SECRET": SECRET, "LOG_LEVEL": "WARNING"}


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.close()


async def _rows(url: str) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return ids of posts, ids of users, and users with an access token."""
    from app.auth.tokens import AccessTokens  # noqa: PLC0415

    connection = await asyncpg.connect(url)
    posts = [str(row[0]) for row in await connection.fetch("SELECT id FROM posts ORDER BY md5(id::text) LIMIT 2000")]
    users = [str(row[0]) for row in await connection.fetch("SELECT id FROM users ORDER BY md5(id::text) LIMIT 500")]
    tokens = []
    for user in users[:100]:
        account = "INSERT INTO auth_accounts (user_id, email) VALUES ($1, $2)"
        await connection.execute(account, UUID(user), f"{user}@example.com")
        sql = (
            "INSERT INTO auth_sessions (user_id, family, secret, expires_at)"
            " VALUES ($1, $2, $2, now() + interval '1 day') RETURNING id"
        )
        session = await connection.fetchval(sql, UUID(user), uuid4().bytes)
        tokens.append((user, AccessTokens(SECRET, None).issue(UUID(user), session, [])))
    await connection.close()
    return posts, users, tokens


def _write_requests(folder: Path, rows: tuple[list[str], list[str], list[tuple[str, str]]]) -> None:
    posts, users, tokens = rows
    headers = [f'["authorization"]="Bearer {token}",["x-user"]="{user}"' for user, token in tokens]
    json = '["content-type"]="application/json"'
    requests = {
        "one": [f'wrk.format("GET","/v1/posts/{post}")' for post in posts],
        "list": [f'wrk.format("GET","/v1/users/{user}/posts")' for user in users],
        "feed": [f'wrk.format("GET","/v1/feed",{{{own}}})' for own in headers],
        "create": [f"""wrk.format("POST","/v1/posts",{{{own},{json}}},'{{"body":"Hello"}}')""" for own in headers],
        "like": [
            f'wrk.format("PUT","/v1/posts/{post}/like",{{{headers[(number + turn) % len(headers)]}}})'
            for turn in range(8)
            for number, post in enumerate(posts)
        ],
    }
    for name, calls in requests.items():
        lines = "\n".join(f"r[#r+1]={call}" for call in calls)
        turns = "local n=0\nrequest=function() n=n%#r+1 return r[n] end\n"
        script = f"local r={{}}\ninit=function(a)\n{lines}\nend\n{turns}"
        (folder / f"{name}.lua").write_text(script)


@contextmanager
def _serving(target: str, port: int, environment: dict[str, str]) -> Iterator[psutil.Process]:
    command = [sys.executable, "-W", "ignore", str(HERE / "serve.py"), target, str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"the server on port {port} ended")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/trending?limit=0", timeout=1)
        except urllib.error.HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


Figures = dict[tuple[str, str], list[tuple[float, float]]]


def _measure(
    folder: Path, servers: dict[str, psutil.Process], url: str, ports: dict[str, int], options: Any
) -> Figures:
    """Return requests a second and microseconds of processor time a request, a pair for each round."""
    found: Figures = defaultdict(list)
    for _ in range(options.rounds):
        for operation in OPERATIONS:
            for name, server in servers.items():
                asyncio.run(_execute(url, EMPTY))
                before = _cpu(server)
                count, rate = _ask(folder / f"{operation}.lua", ports[name], options.seconds)
                found[operation, name].append((rate, (_cpu(server) - before) / count * 1e6))
    return found


def _ask(script: Path, port: int, seconds: int) -> tuple[int, float]:
    """Return how many requests were answered, and how many a second."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}", "-s", str(script), f"http://127.0.0.1:{port}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests = re.search(r"(\d+) requests in", told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if "Non-2xx" in told or requests is None or rate is None:
        raise RuntimeError(f"{script.stem} on port {port}: {told}")
    return int(requests[1]), float(rate[1])


def _cpu(server: psutil.Process) -> float:
    processes = [server, *server.children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _print_table(found: Figures) -> None:
    names = list(CANDIDATES)
    print("requests/s (median), share of bare in the same round (median), processor µs a request of the server")
    print("| | " + " | ".join(OPERATIONS) + " | geometric mean |")
    print("|---" * (len(OPERATIONS) + 2) + "|")
    for name in names:
        cells, ratios = [], []
        for operation in OPERATIONS:
            rounds = list(zip(found[operation, name], found[operation, "bare"], strict=True))
            ratios.append(statistics.median(own[0] / bare[0] for own, bare in rounds))
            rate = statistics.median(own[0] for own, _ in rounds)
            cpu = statistics.median(own[1] for own, _ in rounds)
            cells.append(f"{rate:,.0f} ({ratios[-1]:.2f}), {cpu:.0f} µs")
        print(f"| {name} | " + " | ".join(cells) + f" | {statistics.geometric_mean(ratios):.2f} |")


if __name__ == "__main__":
    sys.exit(main())
