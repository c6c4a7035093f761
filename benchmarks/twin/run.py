"""The scale twin beside the truth: the same statements planned on really loaded tables and on empty ones.

python benchmarks/twin/run.py [--folder DATA]    the first run loads 2 million posts and 6 million likes: minutes
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from loading import HERE, SETTINGS, empty, load
from plans import Plans, near, read_statements, shape, text

from backend_architect.planner_twin import (
    Planner,
    References,
    Statistics,
    Twin,
    grow,
    make_twin,
    read_references,
    read_statistics,
)
from backend_architect.postgres import EmbeddedServer, Session, start_embedded

LARGE = 2_000_000
TENTH, HUNDREDTH = LARGE // 10, LARGE // 100
STATEMENTS = [each for file in sorted((HERE / "statements").glob("*.sql")) for each in read_statements(file)]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "architect-twin" / "data")
    options.add_argument("--verbose", action="store_true", help="say where a plan differs, and how")
    chosen = options.parse_args()
    with start_embedded(chosen.folder, SETTINGS) as server:
        _compare(server, verbose=chosen.verbose)


def _compare(server: EmbeddedServer, *, verbose: bool) -> None:
    names = {posts: load(server, posts) for posts in (HUNDREDTH, TENTH, LARGE)}
    known = {posts: _statistics(server, name) for posts, name in names.items()}
    with Session(server.url(names[LARGE])) as session:
        references = read_references(session)
        counted = _counted(session, references)
    rows = {table.name: table.rows for table in known[LARGE].tables}
    grown = {posts: grow(known[posts], rows, references) for posts in (TENTH, HUNDREDTH)}
    truth = _planned_in(server, names[LARGE])
    print(f"{len(truth)} statements; {', '.join(f'{n:,.0f} {name}' for name, n in rows.items())}\n")
    print("| planned on | held against | same shape | cost within 10 % | rows within 10 % |\n|---|---|---|---|---|")
    _row("loaded, a tenth | loaded", _planned_in(server, names[TENTH]), truth, verbose=verbose)
    bare = empty(server)
    began = time.monotonic()
    with make_twin(server, bare, known[LARGE]) as twin:
        ready = time.monotonic() - began
        _row("twin, real statistics | loaded", _planned_by(twin), truth, verbose=verbose)
        plans = {posts: _resized(twin, statistics_then) for posts, statistics_then in grown.items()}
        better = _resized(twin, _with_counted(known[LARGE], counted))
        for posts, found in plans.items():
            title = f"twin, grown from {'a tenth' if posts == TENTH else 'a hundredth'}"
            _row(f"{title} | loaded", found, truth, verbose=verbose)
            _row(f"{title} | loaded, values counted", found, better, verbose=verbose)
        resizing = statistics.median(_seconds(lambda: twin.resize(known[LARGE])) for _ in range(3))
        planning = statistics.median(_seconds(lambda: _planned_by(twin)) for _ in range(3))
    print(f"\ntwin ready in {ready:.2f} s, resized in {resizing:.2f} s; all statements planned in {planning:.2f} s\n")
    _print_values(counted, (known[LARGE], *grown.values()))


def _counted(session: Session, references: References) -> Mapping[tuple[str, str], int]:
    """Return how many values there really are in each foreign key: plans hang on it, and ANALYZE guesses low."""
    return {
        (table, column): session.value(f"SELECT count(DISTINCT {column}) FROM {table}") for table, column in references
    }


def _with_counted(known: Statistics, counted: Mapping[tuple[str, str], int]) -> Statistics:
    """Return the statistics as they would be had ANALYZE counted those values."""
    for (name, column), values in counted.items():
        table = known.by_name[name]
        columns = (replace(c, n_distinct=-values / table.rows) if c.attname == column else c for c in table.columns)
        known = known.with_table(replace(table, columns=tuple(columns)))
    return known


def _print_values(counted: Mapping[tuple[str, str], int], said_by: tuple[Statistics, ...]) -> None:
    print("| values | counted | ANALYZE | grown from a tenth | grown from a hundredth |\n|---|---|---|---|---|")
    for (name, column), values in counted.items():
        tables = (each.by_name[name] for each in said_by)
        said = [found.distinct(table.rows) for table in tables if (found := table.column(column))]
        print(f"| {name}.{column} | {' | '.join(f'{number:,.0f}' for number in (values, *said))} |")


def _resized(twin: Twin, statistics_then: Statistics) -> Plans:
    twin.resize(statistics_then)
    return _planned_by(twin)


def _statistics(server: EmbeddedServer, database: str) -> Statistics:
    with Session(server.url(database)) as session:
        return read_statistics(session)


def _planned_in(server: EmbeddedServer, database: str) -> Plans:
    with Planner(server.url(database)) as planner:
        return _planned_by(planner)


def _planned_by(planner: Planner | Twin) -> Plans:
    return {name: planner.explain(sql) for name, sql in STATEMENTS}


def _row(title: str, plans: Plans, truth: Plans, *, verbose: bool) -> None:
    same = [name for name, plan in plans.items() if shape(plan) == shape(truth[name])]
    costs, rows = (
        [name for name, plan in plans.items() if near(plan, truth[name], figure)]
        for figure in ("Total Cost", "Plan Rows")
    )
    print(f"| {title} | {len(same)} | {len(costs)} | {len(rows)} |")
    if verbose:
        for name, plan in plans.items():
            if name not in same or name not in rows:
                print(f"    {name}: rows {truth[name]['Plan Rows']:,} here {plan['Plan Rows']:,}")
            if name not in same:
                print(f"      truth {text(truth[name])}\n      here  {text(plan)}")


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
