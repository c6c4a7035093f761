"""The tool's default, from pg_stat_statements alone: what it advises is built, and every statement really run.

The statements of a workload are run by their weights, so that the server counts them; the tool is asked for advice
within the expert's bytes; then each statement is run without indexes, with the expert's and with the advised ones, for
typical, rare and common values: the least of three times in each of three rounds, in turn, and of these the median.
Writes are taken back.

python benchmarks/tune/executed.py [shop chat …] [--keep FOLDER]      exits 1 above 1.10 times the expert's time
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from advising import ARCHITECT
from loading import SETTINGS, WORKLOADS, load_workload
from measuring import built, read_indexes

from backend_architect.postgres import Refused, Session, start_embedded
from backend_architect.tune.advice_run import read_source
from backend_architect.tune.observe import observe
from backend_architect.tune.plannable import column_values, common_values, rare_values, with_values
from backend_architect.tune.reading.files import read_files
from backend_architect.tune.what_if.plan_indexes import index_names
from backend_architect.tune.workload import Statement

COUNTING = {**SETTINGS, "shared_preload_libraries": "pg_stat_statements"}
NAMES = sorted(path.name for path in WORKLOADS.iterdir() if path.is_dir())
WORST, SLOWEST = 1.10, 1.20
MOST_CALLS, TIMES, ROUNDS = 20, 3, 3
LONGEST_MS = 20_000
TINY_MS = 0.1  # below which a difference is noise
RESET = "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()))"


HEAD = (
    "| workload | without, s | expert: indexes, s | advised: indexes, MB, s | times the expert's | slower than before |"
)


@dataclass(frozen=True, slots=True)
class Advised:
    """The CREATE INDEX statements of an advice, and what they should take."""

    indexes: tuple[str, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class Ran:
    """The milliseconds of a call, and the indexes that its plans used."""

    ms: float
    used: frozenset[str]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a call of each statement takes in milliseconds, by its id: as it is, with the expert's set, as advised."""

    before: Mapping[str, float]
    expert: Mapping[str, float]
    ours: Mapping[str, float]
    changed: frozenset[str]
    """The statements whose plans with the advised set use other indexes than before: the others are as they were."""

    def slower(self, statements: Sequence[Statement]) -> list[Statement]:
        """Return the statements that the advice makes slower."""
        slow = [each for each in statements if self.ours[each.id] > SLOWEST * self.before[each.id] + TINY_MS]
        return [each for each in slow if each.id in self.changed]


def main() -> int:
    """Return 1 where the advice takes longer than the expert's set, or makes a statement slower."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("workloads", nargs="*", default=NAMES, metavar="WORKLOAD", help=", ".join(NAMES))
    options.add_argument("--keep", type=Path, help="keep the loaded server in this folder")
    options.add_argument("--time", default="45s", help="how long the tool may look")
    options.add_argument("--verbose", action="store_true", help="every statement's time")
    chosen = options.parse_args()
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="architect-tune-"))
    print(f"{HEAD}\n|---|---|---|---|---|---|", flush=True)
    with start_embedded(folder / "data", COUNTING) as server:
        good = [_compare(server.url(load_workload(server, name)), name, chosen) for name in chosen.workloads]
    return int(not all(good))


def _compare(url: str, name: str, chosen: argparse.Namespace) -> bool:
    folder = WORKLOADS / name
    statements = read_files(folder / "statements.sql").statements
    texts = _texts(statements, url, folder / "statements.sql")
    most = max(each.calls for each in statements)
    calls = {each.id: max(3, round(MOST_CALLS * each.calls / most)) for each in statements}
    _count(url, texts, calls)
    expert = read_indexes((folder / "expert.sql").read_text())
    advised = _advised(url, json.loads((folder / "expert.json").read_text())["bytes"], chosen.time)
    figures = _figures(url, ((), expert, advised.indexes), texts)
    whole = [_seconds(each, calls) for each in (figures.before, figures.expert, figures.ours)]
    slower = figures.slower(statements)
    told = f"{len(expert)}, {whole[1]:.3f} | {len(advised.indexes)}, {advised.bytes / 1e6:.1f}, {whole[2]:.3f}"
    print(f"| {name} | {whole[0]:.2f} | {told} | {whole[2] / whole[1]:.3f} | {len(slower)} |", flush=True)
    for each in sorted(
        statements, key=lambda each: -calls[each.id] * (figures.ours[each.id] - figures.expert[each.id])
    ):
        if chosen.verbose or each in slower:
            times = " ".join(f"{found[each.id]:9.3f}" for found in (figures.before, figures.expert, figures.ours))
            print(f"  {times} ms x {calls[each.id]} {each.shown}{' (slower)' if each in slower else ''}", flush=True)
    return whole[2] / whole[1] <= WORST and not slower


def _texts(statements: Sequence[Statement], url: str, file: Path) -> Mapping[str, Sequence[str]]:
    """Return each statement with typical, rare and common values."""
    catalog = asyncio.run(observe(url, file)).observed.catalog
    statistics = read_source(url).known.statistics
    kinds = [make(statistics) for make in (column_values, rare_values, common_values)]
    return {
        each.id: list(dict.fromkeys(with_values(each, catalog, values).sql for values in kinds)) for each in statements
    }


def _seconds(times: Mapping[str, float], calls: Mapping[str, int]) -> float:
    return sum(calls[each] * times[each] for each in times) / 1000


def _count(url: str, texts: Mapping[str, Sequence[str]], calls: Mapping[str, int]) -> None:
    """Have the server count the statements and nothing else."""
    with Session(url) as session:
        session.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        session.run(f"SET statement_timeout = {LONGEST_MS}")
        session.run(RESET)
        for each, own in texts.items():
            for number in range(calls[each]):
                _call(session, own[number % len(own)])


def _call(session: Session, text: str) -> None:
    session.run("BEGIN")
    with suppress(Refused):
        session.run(text)
    session.run("ROLLBACK")


def _advised(url: str, budget: int, time: str) -> Advised:
    command = [*ARCHITECT, "tune", url, "--json", "--budget", str(budget), "--time", time]
    advice = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)["advice"]
    return Advised(tuple(each["sql"] for each in advice["indexes"]), advice["bytes"])


def _figures(url: str, sets: Sequence[Sequence[str]], texts: Mapping[str, Sequence[str]]) -> Figures:
    """Return the median of rounds in which all sets have their turn, so that other work on the machine meets all."""
    rounds: list[list[dict[str, Ran]]] = [[] for _ in sets]
    for number in range(ROUNDS):
        order = range(len(sets)) if number % 2 else reversed(range(len(sets)))
        for place in order:
            rounds[place].append(_times(url, sets[place], texts))
    before, ours = ({each: [found[each].used for found in rounds[place]] for each in texts} for place in (0, 2))
    changed = frozenset(each for each in texts if not any(used in before[each] for used in ours[each]))
    times = [{each: statistics.median(found[each].ms for found in own) for each in texts} for own in rounds]
    return Figures(*times, changed)


def _times(url: str, indexes: Sequence[str], texts: Mapping[str, Sequence[str]]) -> dict[str, Ran]:
    """Return what a call of each statement takes, with these indexes built."""
    with Session(url) as session, built(session, indexes) as failed:
        for problem in failed:
            print(f"  not built: {problem}", flush=True)
        session.run(f"SET LOCAL statement_timeout = {LONGEST_MS}")
        return {each: _mean([_least(session, text) for text in own]) for each, own in texts.items()}


def _mean(runs: Sequence[Ran]) -> Ran:
    return Ran(sum(each.ms for each in runs) / len(runs), frozenset[str]().union(*(each.used for each in runs)))


def _least(session: Session, text: str) -> Ran:
    times = []
    used: frozenset[str] = frozenset()
    for _ in range(TIMES):
        session.run("SAVEPOINT one")
        try:
            told = json.loads(session.value(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}"))[0]
            times.append(float(told["Execution Time"]))
            used = frozenset(index_names(told["Plan"]))
        except Refused:
            times.append(0.0)
        session.run("ROLLBACK TO one")
        if times[-1] > LONGEST_MS / 20:
            break
    return Ran(min(times), used)


if __name__ == "__main__":
    sys.exit(main())
