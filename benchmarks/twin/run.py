"""The scale twin beside the truth: the same statements planned on really loaded tables and on empty ones.

python benchmarks/twin/run.py [--folder DATA]    the first run loads 2 million posts and 6 million likes: minutes
"""

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from loading import HERE, SETTINGS, empty, load

from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.twin import Planner, Statistics, Twin, grow, make_twin, read_references, read_statistics

LARGE, TIMES = 2_000_000, 10
NEAR = 0.1
SHAPE = ("Node Type", "Join Type", "Relation Name", "Index Name", "Strategy", "Partial Mode", "Scan Direction")
STATEMENT = re.compile(r"^-- (?P<name>[^\n.]+)\n(?P<sql>[^;]+);", re.MULTILINE)

Plan = Mapping[str, Any]
Plans = Mapping[str, Plan]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "architect-twin" / "data")
    options.add_argument("--verbose", action="store_true", help="say where a plan differs, and how")
    chosen = options.parse_args()
    with start_embedded(chosen.folder, SETTINGS) as server:
        _compare(server, verbose=chosen.verbose)


def _compare(server: EmbeddedServer, *, verbose: bool) -> None:
    names = {posts: load(server, posts) for posts in (LARGE // TIMES, LARGE)}
    known = {posts: _statistics(server, name) for posts, name in names.items()}
    with Session(server.url(names[LARGE])) as session:
        references = read_references(session)
    shape = empty(server)
    rows = {table.name: table.rows for table in known[LARGE].tables}
    grown = grow(known[LARGE // TIMES], rows, references)
    truth = _planned_in(server, names[LARGE])
    small = _planned_in(server, names[LARGE // TIMES])
    print(f"{len(truth)} statements; {', '.join(f'{n:,.0f} {name}' for name, n in rows.items())}\n")
    print("| planned on | same shape | cost within 10 % | rows within 10 % |\n|---|---|---|---|")
    _row(f"really loaded, {TIMES} times smaller", small, truth, verbose=verbose)
    began = time.monotonic()
    with make_twin(server, shape, known[LARGE]) as twin:
        ready = time.monotonic() - began
        _row("twin, real statistics", _planned_by(twin), truth, verbose=verbose)
        resizing = _seconds(lambda: twin.resize(grown))
        _row(f"twin, grown from {TIMES} times fewer rows", _planned_by(twin), truth, verbose=verbose)
        planning = _seconds(lambda: _planned_by(twin))
    print(f"\ntwin ready in {ready:.2f} s, resized in {resizing:.2f} s; all statements planned in {planning:.2f} s")


def _statistics(server: EmbeddedServer, database: str) -> Statistics:
    with Session(server.url(database)) as session:
        return read_statistics(session)


def _planned_in(server: EmbeddedServer, database: str) -> Plans:
    with Planner(server.url(database)) as planner:
        return _planned_by(planner)


def _planned_by(planner: Planner | Twin) -> Plans:
    return {name: planner.explain(sql) for name, sql in _statements()}


def _statements() -> Iterator[tuple[str, str]]:
    for file in sorted((HERE / "statements").glob("*.sql")):
        for found in STATEMENT.finditer(file.read_text()):
            yield found["name"], found["sql"]


def _row(title: str, plans: Plans, truth: Plans, *, verbose: bool) -> None:
    same = [name for name, plan in plans.items() if _shape(plan) == _shape(truth[name])]
    near = [_near(plans, truth, figure) for figure in ("Total Cost", "Plan Rows")]
    print(f"| {title} | {len(same)} | {len(near[0])} | {len(near[1])} |")
    if verbose:
        for name, plan in plans.items():
            if name not in same or name not in near[1]:
                print(f"    {name}: rows {truth[name]['Plan Rows']:,} here {plan['Plan Rows']:,}")
            if name not in same:
                print(f"      truth {_text(truth[name])}\n      here  {_text(plan)}")


def _near(plans: Plans, truth: Plans, figure: str) -> list[str]:
    return [name for name, plan in plans.items() if abs(plan[figure] / max(truth[name][figure], 1e-9) - 1) <= NEAR]


def _shape(plan: Plan) -> tuple[object, ...]:
    """Return what a plan does, without its figures."""
    return (*(plan.get(part) for part in SHAPE), *(_shape(child) for child in plan.get("Plans", ())))


def _text(plan: Plan) -> str:
    own = plan["Node Type"] + f" {plan.get('Index Name') or plan.get('Relation Name') or ''}".rstrip()
    children = ", ".join(_text(child) for child in plan.get("Plans", ()))
    return f"{own} {plan['Total Cost']:.0f}" + (f" ({children})" if children else "")


def _seconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(3):
        began = time.monotonic()
        work()
        took.append(time.monotonic() - began)
    return statistics.median(took)


if __name__ == "__main__":
    main()
