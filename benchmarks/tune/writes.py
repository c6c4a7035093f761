"""Throughput of a write-heavy workload with the advised changes of indexes beside an expert's, as dead rows grow.

Thirty statements (`writes/`) are run by pgbench, so that the server counts them; the tool is asked from
pg_stat_statements alone. Of two fresh databases one gets the expert's statements, the other what the tool shows: new
indexes, and those to drop, where it is certain or says that it is likely. Both run the same transactions in turn; then,
with autovacuum off, until the dead rows have grown tenfold; then in turn again. Beside the rate stands the processor
time that the server takes for a transaction, which other work on the machine changes less.

python benchmarks/tune/writes.py [--keep FOLDER] [--verbose]      exits 1 where both are below 0.95 times the expert's
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from advising import ARCHITECT
from loading import SETTINGS, digest, load

from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.embedded import binary

FOLDER = Path(__file__).parent / "writes"
COUNTING = {**SETTINGS, "shared_preload_libraries": "pg_stat_statements", "synchronous_commit": "off"}
WORST = 0.95
COUNTED, ROUND, ROUNDS, AGING = 15_000, 16_000, 4, 120_000
TENFOLD, MOST_AGING = 10, 8
CLIENTS = 4
TITLES = """| expert, advised | tps | ratio | tps of processor time | ratio | dead rows | updates in place, % |
|---|---|---|---|---|---|---|"""
HEAD = re.compile(r"^-- (\S+) (\d+)$")
DEAD = "SELECT sum(n_dead_tup)::bigint FROM pg_stat_user_tables"
IN_PLACE = "SELECT round(100.0 * sum(n_tup_hot_upd) / sum(n_tup_upd)) FROM pg_stat_user_tables"


@dataclass(frozen=True, slots=True)
class Pgbench:
    """The scripts with their weights, in a folder, and the server that they run on."""

    server: EmbeddedServer
    folder: Path
    scripts: tuple[str, ...]

    def run(self, database: str, transactions: int, seed: int) -> tuple[float, float]:
        """Return the transactions a second, and those that a second of the server's processor time does."""
        command = [str(binary("pgbench")), "-n", "-M", "prepared", f"--random-seed={seed}", "-c", str(CLIENTS)]
        command += ["-j", "2", "-t", str(transactions // CLIENTS)]
        command += [part for script in self.scripts for part in ("-f", script)]
        command += ["-h", self.server.socket_folder, "-p", str(self.server.port), "-U", "postgres", database]
        before = self._seconds()
        ran = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([0-9.]+)", ran.stdout)
        if ran.returncode or found is None:
            raise SystemExit(ran.stderr[-2000:])
        return float(found[1]), transactions / (self._seconds() - before)

    def _seconds(self) -> float:
        """Return the processor time of all of the server's processes that have ended."""
        fields = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Return 1 where the advice is further from the expert's throughput than it may be."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--keep", type=Path, help="keep the loaded server in this folder")
    options.add_argument("--time", default="45s", help="how long the tool may look")
    options.add_argument("--verbose", action="store_true", help="the statements that are advised")
    chosen = options.parse_args()
    with (
        _folder(chosen.keep) as folder,
        tempfile.TemporaryDirectory() as scripts,
        start_embedded(folder / "data", COUNTING) as server,
    ):
        return _compare(Pgbench(server, Path(scripts), _write_scripts(Path(scripts))), chosen)


def _compare(pgbench: Pgbench, chosen: argparse.Namespace) -> int:
    server = pgbench.server
    texts = [(FOLDER / name).read_text() for name in ("schema.sql", "rows.sql")]
    template = load(server, "writes", digest(*texts), lambda session: [session.run(text) for text in texts] and None)
    advised = _advised(pgbench, template, chosen.time)
    if chosen.verbose:
        print("\n".join(advised), flush=True)
    sets = {"expert": _statements((FOLDER / "expert.sql").read_text()), "advised": advised}
    for name, statements in sets.items():
        _make(server, name, template, statements)
    print(TITLES, flush=True)
    ratios = [_measured(pgbench, "at the start", 1)]
    _age(pgbench, tuple(sets))
    ratios.append(_measured(pgbench, "dead rows tenfold", 2))
    return int(min(ratios) < WORST)


def _age(pgbench: Pgbench, names: Sequence[str]) -> None:
    """Run the same transactions on all, until each has ten times the dead rows."""
    begun = {name: _value(pgbench.server, name, DEAD) for name in names}
    for number in range(MOST_AGING):
        with ThreadPoolExecutor() as both:
            list(both.map(lambda name, seed=100 + number: pgbench.run(_database(name), AGING, seed), names))
        if all(_value(pgbench.server, name, DEAD) >= TENFOLD * begun[name] for name in names):
            return


def _measured(pgbench: Pgbench, title: str, seed: int) -> float:
    """Return the throughput of the advised set over that of the expert's, the median of rounds in turn."""
    rates: dict[str, list[tuple[float, float]]] = {"expert": [], "advised": []}
    for number in range(ROUNDS):
        for name in sorted(rates, reverse=bool(number % 2)):
            rates[name].append(pgbench.run(_database(name), ROUND, seed=10 * seed + number))
    pairs = list(zip(rates["advised"], rates["expert"], strict=True))
    ratio, work = (statistics.median(ours[kind] / experts[kind] for ours, experts in pairs) for kind in (0, 1))
    told = [f"{statistics.median(rate[kind] for rate in rates[name]):,.0f}" for kind in (0, 1) for name in rates]
    counts = [f"{_value(pgbench.server, name, sql):,.0f}" for sql in (DEAD, IN_PLACE) for name in rates]
    cells = [f"{told[0]}, {told[1]}", f"{ratio:.2f}", f"{told[2]}, {told[3]}", f"{work:.2f}"]
    cells += [f"{counts[0]}, {counts[1]}", f"{counts[2]}, {counts[3]}"]
    print(f"| {title} | {' | '.join(cells)} |", flush=True)
    return max(ratio, work)  # other work on the machine slows one of two rounds, and not its processor time


def _advised(pgbench: Pgbench, template: str, time: str) -> tuple[str, ...]:
    """Return what the tool shows for a database whose statements the server has counted."""
    _make(pgbench.server, "counted", template, ["CREATE EXTENSION IF NOT EXISTS pg_stat_statements"])
    with Session(pgbench.server.url(_database("counted"))) as session:
        session.run("SELECT pg_stat_statements_reset()")
    pgbench.run(_database("counted"), COUNTED, seed=7)
    command = [*ARCHITECT, "tune", pgbench.server.url(_database("counted")), "--json", "--time", time]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    (pgbench.folder / "advice.json").write_text(json.dumps(told))
    found = [index["sql"] for index in told["advice"]["indexes"]]
    found += [
        each["sql"] for each in told["findings"] if "DROP INDEX" in each["sql"] and each["sureness"] != "possible"
    ]
    covers = {name for index in told["advice"]["indexes"] for name in index["covers"]}
    found += [f"DROP INDEX IF EXISTS {name}" for name in sorted(covers)]
    return tuple(dict.fromkeys(each.replace(" CONCURRENTLY", "") for each in found))


def _make(server: EmbeddedServer, name: str, template: str, statements: Sequence[str]) -> None:
    database = _database(name)
    with Session(server.url()) as admin:
        admin.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        admin.run(f"CREATE DATABASE {database} TEMPLATE {template}")
    with Session(server.url(database)) as session:
        for statement in statements:
            session.run(
                statement.replace("DROP INDEX ", "DROP INDEX IF EXISTS ").replace("IF EXISTS IF EXISTS", "IF EXISTS")
            )
        session.run("VACUUM ANALYZE")


def _database(name: str) -> str:
    return f"writes_{name.replace(' ', '_')}"


def _value(server: EmbeddedServer, name: str, sql: str) -> float:
    with Session(server.url(_database(name))) as session:
        return float(session.value(sql) or 0)


def _statements(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line and not line.startswith("--"))


def _write_scripts(folder: Path) -> tuple[str, ...]:
    """Write each statement as a script of pgbench; return their names with weights."""
    found: list[str] = []
    for paragraph in (FOLDER / "statements.sql").read_text().split("\n\n"):
        head, _, body = paragraph.strip().partition("\n")
        named = HEAD.match(head)
        if named:
            (folder / f"{named[1]}.sql").write_text(f"{body}\n")
            found.append(f"{named[1]}.sql@{named[2]}")
    return tuple(found)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="architect-tune-") as folder:
        yield Path(folder)


if __name__ == "__main__":
    sys.exit(main())
