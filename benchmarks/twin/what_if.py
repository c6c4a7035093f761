"""Indexes tried on an empty twin beside the same indexes, really built on millions of rows.

python benchmarks/twin/what_if.py [--folder DATA]    on the tables that run.py loads
"""

import argparse
import tempfile
import time
from pathlib import Path

from loading import HERE, SETTINGS, empty, load
from plans import Plan, near, read_candidates, shape, text
from run import LARGE

from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.twin import IndexStatistics, Planner, make_twin, read_statistics


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "architect-twin" / "data")
    chosen = options.parse_args()
    with start_embedded(chosen.folder, SETTINGS) as server:
        loaded, bare = load(server, LARGE), empty(server)
        with Session(server.url(loaded)) as session:
            session.run("DROP INDEX IF EXISTS tried")
            known = read_statistics(session)
        print("| index | pages, tried / built | height | cost, tried / built | same shape | tried in |")
        print("|---|---|---|---|---|---|")
        for name, ddl, sql in read_candidates(HERE / "candidates.sql"):
            built, truth = _build(server, loaded, ddl, sql)
            with make_twin(server, bare, known) as twin:
                began = time.monotonic()
                tried = twin.create_index(ddl)
                seconds = time.monotonic() - began
                _print(name, (tried, built), (twin.explain(sql), truth), seconds)


def _build(server: EmbeddedServer, database: str, ddl: str, sql: str) -> tuple[IndexStatistics, Plan]:
    """Return an index as it is when really built, and the plan with it; it is dropped again."""
    with Session(server.url(database)) as session:
        session.run(ddl)
        try:
            tables = read_statistics(session).tables
            with Planner(server.url(database)) as planner:
                plan = planner.explain(sql)
        finally:
            session.run("DROP INDEX tried")
    return next(index for table in tables for index in table.indexes if index.name == "tried"), plan


def _print(name: str, indexes: tuple[IndexStatistics, IndexStatistics], plans: tuple[Plan, Plan], took: float) -> None:
    tried, built = indexes
    same = shape(plans[0]) == shape(plans[1])
    costs = [plan["Total Cost"] for plan in plans]
    pages = f"{tried.pages:,} / {built.pages:,} ({tried.pages / built.pages:.3f})"
    cost = f"{costs[0]:,.0f} / {costs[1]:,.0f} ({costs[0] / costs[1]:.3f})"
    height = f"{tried.height} / {built.height}"
    print(f"| {name} | {pages} | {height} | {cost} | {'yes' if same else 'no'} | {took:.2f} s |")
    if not same or not near(plans[0], plans[1], "Total Cost"):
        print(f"    tried {text(plans[0])}\n    built {text(plans[1])}")


if __name__ == "__main__":
    main()
