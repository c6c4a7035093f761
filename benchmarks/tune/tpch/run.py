"""TPC-H, scale factor 1, primary keys only: the cost of its 22 queries with the indexes that the tool advises, built.

python benchmarks/tune/tpch/run.py [--keep FOLDER] [--indexes FILE]     exits 1 when a budget's figure is not reached

The planner's settings are PostgreSQL 18's defaults. With l_partkey, l_suppkey, o_custkey and ps_suppkey indexed
(106 MB) the cost is 3.11 million.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from advising import Advised, NoAdvice, advise  # noqa: E402
from loading import SETTINGS, digest, load, serve  # noqa: E402
from measuring import Measured, measure, read_indexes  # noqa: E402

from backend_architect.postgres import EmbeddedServer, Session  # noqa: E402
from backend_architect.tune.reading.files import read_files  # noqa: E402
from backend_architect.tune.workload import Statement  # noqa: E402

TABLES = ("region", "nation", "part", "supplier", "partsupp", "customer", "orders", "lineitem")
FIGURES = {142_000_000: 2_816_000, 232_000_000: 2_600_000, 1_000_000_000: 2_280_000}
"""The cost that must not be exceeded, by the budget in bytes."""


def main() -> int:
    """Return 1 when a figure is not reached."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--keep", type=Path, help="keep the loaded server in this folder")
    options.add_argument("--indexes", type=Path, help="a file of CREATE INDEX statements, instead of the tool's advice")
    options.add_argument("--budget", type=int, action="append", help="bytes; one budget alone")
    options.add_argument("--time", help="how long the tool may look, instead of its own limit: 45s, 5m")
    options.add_argument("--verbose", action="store_true", help="each query's cost, and the indexes")
    chosen = options.parse_args()
    statements = read_files(HERE / "queries.sql").statements
    with serve(chosen.keep) as server:
        url = server.url(_loaded(server))
        with Session(url) as session:
            bare = measure(session, statements, ())
        print(
            "| budget, MB | indexes | MB | cost of the 22 queries | at most | tool's time |\n|---|---|---|---|---|---|"
        )
        print(f"| primary keys only | 0 | 0 | {bare.planned:,.0f} | | |", flush=True)
        reached = [_reached(url, budget, statements, bare, chosen) for budget in chosen.budget or FIGURES]
        return int(not all(reached))


def _reached(
    url: str, budget: int, statements: Sequence[Statement], bare: Measured, chosen: argparse.Namespace
) -> bool:
    try:
        advised = _advised(url, budget, chosen)
    except NoAdvice as error:
        print(f"{budget:,} bytes: {error}", flush=True)
        return False
    with Session(url) as session:
        found = measure(session, statements, advised.indexes)
    limit = FIGURES.get(budget)
    took = f"{advised.seconds:.0f} s, {advised.peak_bytes / 1e6:.0f} MB"
    size = f"{budget / 1e6:,.0f} | {len(found.indexes)} | {found.bytes / 1e6:.1f}"
    print(f"| {size} | {found.planned:,.0f} | {limit or 0:,} | {took} |")
    for problem in found.failed:
        print(f"  not built: {problem}")
    if chosen.verbose:
        for each in sorted(statements, key=lambda each: each.shown):
            uses = ", ".join(found.uses[each.id])
            print(f"  {bare.costs[each.id]:12,.0f} {found.costs[each.id]:12,.0f} {each.shown}: {uses}")
        for index in found.indexes:
            print(f"  {index.bytes / 1e6:7.1f} MB  {index.sql}")
    sys.stdout.flush()
    return not found.failed and (limit is None or found.planned <= limit)


def _advised(url: str, budget: int, chosen: argparse.Namespace) -> Advised:
    if chosen.indexes:
        return Advised(tuple(read_indexes(chosen.indexes.read_text())), 0.0, 0, 0, {})
    return advise(url, HERE / "queries.sql", budget, time_limit=chosen.time)


def _loaded(server: EmbeddedServer) -> str:
    schema = (HERE / "schema.sql").read_text()

    def fill(session: Session) -> None:
        folder = Path(tempfile.mkdtemp(prefix="architect-tpch-"))
        try:
            folder.chmod(0o755)
            _generate(folder)
            session.run(schema)
            for table in TABLES:  # the generator ends each line with a separator that COPY does not take
                source = f"sed ''s/|$//'' {folder / table}.tbl"
                session.run(f"COPY {table} FROM PROGRAM '{source}' WITH (DELIMITER '|')")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return load(server, "tpch", digest(str(SETTINGS), schema), fill)


def _generate(folder: Path) -> None:
    """Write the tables' rows into the folder."""
    program = Path(sys.executable).with_name("tpchgen-cli")
    if not program.exists():
        raise SystemExit("tpchgen-cli is not installed: run make setup")
    subprocess.run([program, "-s", "1", "--output-dir", folder], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
