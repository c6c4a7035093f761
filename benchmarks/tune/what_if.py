"""Indexes tried on an empty twin beside the same indexes, really built on some 640,000 rows.

python -W ignore benchmarks/tune/what_if.py     takes a minute or two, and leaves nothing behind
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from backend_architect.planner_twin import (
    IndexTrial,
    Planner,
    Statistics,
    SwitchedPlanner,
    Twin,
    make_twin,
    read_statistics,
)
from backend_architect.planner_twin.inject import inject
from backend_architect.planner_twin.new_indexes import read_index_statement
from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.what_if import TwinWhatIf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "twin"))

from plans import Plan, near, read_candidates, shape, text  # noqa: E402 - it is beside the twin's benchmarks

PAGE = 8192
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "log_timezone": "UTC",
}
OFFERED, TABLES, COLUMNS = 300, 50, 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """An index with the plan that it is for: as tried, or as built."""

    pages: int
    height: int
    plan: Plan


def main() -> None:
    candidates = list(read_candidates(HERE / "what_if_candidates.sql"))
    with tempfile.TemporaryDirectory() as folder, start_embedded(Path(folder) / "data", SETTINGS) as server:
        known = _load(server)
        began = time.monotonic()
        tried = _try(server, known, candidates)
        seconds = time.monotonic() - began
        built = [_build(server, known, ddl, sql) for _, ddl, sql in candidates]
        _print(candidates, tried, built)
        print(f"\n{len(candidates)} tried and planned in {seconds:.1f} s\n")
        _print_times(server)


def _load(server: EmbeddedServer) -> Statistics:
    _create(server, "loaded", (HERE / "what_if_tables.sql").read_text())
    with Session(server.url("loaded")) as session:
        return read_statistics(session)


def _create(server: EmbeddedServer, name: str, script: str) -> None:
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} TEMPLATE template0")
    with Session(server.url(name)) as session:
        session.run("SET work_mem = '128MB'")
        for statement in script.split(";\n"):
            session.run(statement)


def _try(server: EmbeddedServer, known: Statistics, candidates: list[tuple[str, str, str]]) -> list[Outcome]:
    """Return each index as tried, all of them made at once and each planned by itself."""
    statements = [ddl.replace("INDEX tried", f"INDEX tried_{n}") for n, (_, ddl, _) in enumerate(candidates)]
    with make_twin(server, "loaded", known) as twin:
        tried = twin.create_indexes(statements)
        everything = {made.place.oid for each in tried for made in each.made}
        planner = SwitchedPlanner(twin.logins, {})
        try:
            return [
                _outcome(planner, each, sql, everything) for each, (_, _, sql) in zip(tried, candidates, strict=True)
            ]
        finally:
            planner.close()


def _outcome(planner: SwitchedPlanner, tried: IndexTrial, sql: str, everything: set[int]) -> Outcome:
    (made,) = tried.made
    return Outcome(made.index.pages, made.index.height, planner.explain(sql, everything - {made.place.oid}))


def _build(server: EmbeddedServer, known: Statistics, ddl: str, sql: str) -> Outcome:
    """Return an index as it is when really built, with its expressions analyzed; it is dropped again."""
    with Session(server.url("loaded")) as session:
        session.run(ddl)
        try:
            statement = read_index_statement(ddl)
            if any(key.expr for key in statement.indexParams or ()):  # it has no statistics before
                session.run(f"ANALYZE {statement.relation.relname}")
            tables = read_statistics(session).tables
            index = next(index for table in tables for index in table.indexes if index.name == "tried")
            with Planner(server.url("loaded")) as planner:
                return Outcome(index.pages, index.height, planner.explain(sql))
        finally:
            session.run("DROP INDEX tried")
            inject(session, known)  # what ANALYZE finds differs a little each time


def _print(candidates: list[tuple[str, str, str]], tried: list[Outcome], built: list[Outcome]) -> None:
    print("| index | pages, tried / built | ratio | height | cost, tried / built | ratio | same shape |")
    print("|---|---|---|---|---|---|---|")
    near_pages = near_costs = same = 0
    for (name, _, _), one, other in zip(candidates, tried, built, strict=True):
        alike = _renamed(shape(one.plan)) == _renamed(shape(other.plan))
        costs = one.plan["Total Cost"], other.plan["Total Cost"]
        same += alike
        near_pages += 0.7 <= one.pages / other.pages <= 1.3
        near_costs += near(one.plan, other.plan, "Total Cost")
        pages = f"{one.pages:,} / {other.pages:,} | {one.pages / other.pages:.3f} | {one.height} / {other.height}"
        cost = f"{costs[0]:,.0f} / {costs[1]:,.0f} | {costs[0] / costs[1]:.3f}"
        print(f"| {name} | {pages} | {cost} | {'yes' if alike else 'no'} |")
        if not alike or not near(one.plan, other.plan, "Total Cost"):
            print(f"    tried {text(one.plan)}\n    built {text(other.plan)}")
    print(
        f"\n{len(candidates)} indexes: size within 30 % {near_pages}, cost within 10 % {near_costs}, same shape {same}"
    )


def _renamed(found: object) -> object:
    """Return a plan's shape with every tried index under one name."""
    if isinstance(found, tuple):
        return tuple(_renamed(each) for each in found)
    return "tried" if isinstance(found, str) and found.startswith("tried") else found


def _print_times(server: EmbeddedServer) -> None:
    """Offer hundreds of indexes on as many tables as an application has, and plan with a few of them at a time."""
    columns = ", ".join(f"c{n} bigint" for n in range(COLUMNS))
    _create(server, "wide", ";\n".join(f"CREATE TABLE t{n} (id bigint PRIMARY KEY, {columns})" for n in range(TABLES)))
    rows = "SELECT " + ", ".join(["n", *(f"n % {7 + 13 * n}" for n in range(COLUMNS))])
    with Session(server.url("wide")) as session:
        for n in range(TABLES):
            session.run(f"INSERT INTO t{n} {rows} FROM generate_series(1, 1000) n")
        session.run("ANALYZE")
        known = read_statistics(session)
    many = [_candidate(f"t{n % TABLES}", n) for n in range(OFFERED)]
    one = [_candidate("t0", n) for n in range(OFFERED)]
    with make_twin(server, "wide", known) as twin:
        for title, indexes in ((f"{TABLES} tables", many), ("one table", one)):
            _print_time(twin, title, list(dict.fromkeys(indexes)))


def _candidate(table: str, number: int) -> NewIndex:
    keys = (number % COLUMNS, (number // COLUMNS + 1 + number) % COLUMNS, (5 * number + 2) % COLUMNS)
    return NewIndex("public", table, tuple(NewKey(f"c{key}") for key in dict.fromkeys(keys)))


def _print_time(twin: Twin, title: str, indexes: list[NewIndex]) -> None:
    what_if = TwinWhatIf(twin)
    began = time.monotonic()
    what_if.offer(indexes)
    offered = time.monotonic() - began
    times = []
    for index in indexes:
        sql = f"SELECT * FROM {index.table} a JOIN t7 b ON b.id = a.c3 WHERE a.{index.keys[0].column} = $1"
        what_if.plan(sql)
        began = time.monotonic()
        what_if.plan(sql, [index])
        times.append(time.monotonic() - began)
    what_if.close()
    print(
        f"{len(indexes)} indexes over {title}: offered in {offered:.2f} s; a plan with another set of them "
        f"{1000 * median(times):.2f} ms (median), {1000 * max(times):.1f} ms (longest)"
    )


if __name__ == "__main__":
    main()
