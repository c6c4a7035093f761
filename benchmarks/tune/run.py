"""The indexes that the tool advises beside those that an expert made by hand, at the same storage, really built.

python benchmarks/tune/run.py [shop chat …] [--keep FOLDER]     exits 1 when a workload costs over 1.10 times the expert's
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from advising import Advised, NoAdvice, advise
from loading import WORKLOADS, load_workload, serve
from measuring import Measured, built, measure, read_indexes, weigh

from backend_architect.postgres import Session
from backend_architect.tune.reading.files import read_files
from backend_architect.tune.workload import Statement

WORST = 1.10
NAMES = sorted(path.name for path in WORKLOADS.iterdir() if path.is_dir())


def main() -> int:
    """Return 1 when the tool is further from the expert than it may be, or advises by chance."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("workloads", nargs="*", default=NAMES, metavar="WORKLOAD", help=", ".join(NAMES))
    options.add_argument("--keep", type=Path, help="keep the loaded server in this folder")
    options.add_argument("--indexes", type=Path, help="a file of CREATE INDEX statements, instead of the tool's advice")
    options.add_argument("--budget", type=int, help="bytes, instead of what the expert's set takes")
    options.add_argument("--verbose", action="store_true", help="every statement's cost, and what each index is worth")
    options.add_argument("--expert", action="store_true", help="the expert's set alone, and record it in expert.json")
    options.add_argument("--repeat", action="store_true", help="ask again with other hash seeds and another order")
    chosen = options.parse_args()
    print("| workload | set | indexes | MB | planner's cost | upkeep | total | times the expert's | tool's time |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    with serve(chosen.keep) as server:
        ratios = [_compare(server.url(load_workload(server, name)), name, chosen) for name in chosen.workloads]
    return int(any(ratio > WORST for ratio in ratios))


def _compare(url: str, name: str, chosen: argparse.Namespace) -> float:
    folder = WORKLOADS / name
    statements = read_files(folder / "statements.sql").statements
    with Session(url) as session:
        nothing = measure(session, statements, ())
        expert = measure(session, statements, read_indexes((folder / "expert.sql").read_text()))
        _row(name, "no indexes", nothing, expert)
        _row(name, "expert", expert, expert)
    if expert.failed:
        raise SystemExit("\n".join(expert.failed))
    if chosen.expert:
        _record(folder / "expert.json", nothing, expert)
        if chosen.verbose:
            _print_worth(url, statements, expert)
            _print_statements(statements, {"none": nothing, "expert": expert})
        return 1.0
    budget = chosen.budget or expert.bytes
    try:
        advised = _advised(url, folder, budget, chosen)
    except NoAdvice as error:
        print(f"{name}: {error}", flush=True)
        return float("inf")
    with Session(url) as session:
        ours = measure(session, statements, advised.indexes)
    _row(name, "ours", ours, expert, f"{advised.seconds:.0f} s, {advised.peak_bytes / 1e6:.0f} MB")
    for problem in ours.failed:
        print(f"  not built: {problem}")
    if chosen.verbose:
        _print_worth(url, statements, ours)
        _print_statements(statements, {"none": nothing, "expert": expert, "ours": ours})
    same = not chosen.repeat or _repeats(url, folder, budget, advised)
    return max(ours.total / expert.total, ours.planned / expert.planned) if same and not ours.failed else float("inf")


def _advised(url: str, folder: Path, budget: int, chosen: argparse.Namespace) -> Advised:
    if chosen.indexes:
        return Advised(tuple(read_indexes(chosen.indexes.read_text())), 0.0, 0, {})
    return advise(url, folder / "statements.sql", budget)


def _repeats(url: str, folder: Path, budget: int, advised: Advised) -> bool:
    """Return whether the advice is the same with other hash seeds, and for the statements in another order."""
    statements = list(read_files(folder / "statements.sql").statements)
    same = True
    for seed in ("1", "2", "3"):
        random.Random(seed).shuffle(statements)
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write("\n".join(f"-- weight: {each.calls}\n{_bare(each.text)};\n" for each in statements))
            file.flush()
            again = advise(url, Path(file.name), budget, hash_seed=seed)
        if again.indexes != advised.indexes:
            same = False
            print(f"{folder.name}, seed {seed}: other advice: {set(again.indexes) ^ set(advised.indexes)}")
    print(f"{folder.name}: the same advice for three hash seeds and orders: {'yes' if same else 'NO'}", flush=True)
    return same


def _bare(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def _row(name: str, title: str, found: Measured, expert: Measured, took: str = "") -> None:
    ratio = f"{found.total / expert.total:.3f} (planned {found.planned / expert.planned:.3f})"
    costs = " | ".join(f"{number:,.0f}" for number in (found.planned, found.upkeep, found.total))
    print(
        f"| {name} | {title} | {len(found.indexes)} | {found.bytes / 1e6:.1f} | {costs} | {ratio} | {took} |",
        flush=True,
    )


def _record(path: Path, nothing: Measured, expert: Measured) -> None:
    """Write what the expert's set costs beside what was chosen before: the budget stays as it is."""
    said = json.loads(path.read_text()) if path.exists() else {}
    figures = {
        "budget_bytes": said.get("budget_bytes"),
        "bytes": expert.bytes,
        "cost": round(expert.planned),
        "upkeep": round(expert.upkeep),
        "cost_without_indexes": round(nothing.planned),
    }
    path.write_text(json.dumps(figures, indent=2) + "\n")


def _print_worth(url: str, statements: Sequence[Statement], found: Measured) -> None:
    """Print what is lost when one index is left out: nothing, where it is not needed."""
    print("\n  an index left out: total cost then, its size, its upkeep")
    with Session(url) as session, built(session, [index.sql for index in found.indexes]):
        whole = weigh(session, statements)
        for index in whole.indexes:
            session.run(f"SAVEPOINT without; DROP INDEX {index.name}")
            without = weigh(session, statements)
            session.run("ROLLBACK TO without")
            lost = without.planned - whole.planned
            upkeep = whole.upkeep - without.upkeep
            print(
                f"  +{lost / whole.total:8.2%} {lost:14,.0f}  -{upkeep:10,.0f} {index.bytes / 1e6:7.1f} MB  {index.sql}"
            )


def _print_statements(statements: Sequence[Statement], sets: dict[str, Measured]) -> None:
    best = sets["expert"]
    print("\n  " + " ".join(f"{title:>13}" for title in sets) + "  calls × cost, statement, what it uses")
    order = sorted(statements, key=lambda each: -best.costs[each.id] * each.calls)
    for each in order:
        costs = " ".join(f"{found.costs[each.id] * each.calls:13,.0f}" for found in sets.values())
        last = list(sets.values())[-1]
        print(f"  {costs}  {each.calls:6g} × {last.costs[each.id]:,.1f} {each.shown}: {', '.join(last.uses[each.id])}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
