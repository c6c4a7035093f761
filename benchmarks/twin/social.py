"""The twin of the worked design: how long it takes to be ready, and to plan every statement of the API at three sizes.

python benchmarks/twin/social.py
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_architect.cli.running.filling import fill
from backend_architect.decisions import decide_all
from backend_architect.pipeline import read_sound_design
from backend_architect.planner_twin import Twin, grow, make_twin, read_references, read_statistics
from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.queries import build_queries, resolve_design
from backend_architect.schema import build_schema
from backend_architect.schema.ddl import schema_sql

EXAMPLE = Path(__file__).parents[2] / "examples/social-sharing/backend.yaml"
SETTINGS = {"fsync": "off", "autovacuum": "off", "log_timezone": "UTC"}
USERS = 500
SIZES = (1, 10, 100)


def main() -> None:
    design = read_sound_design(EXAMPLE).design
    kept = decide_all(design).is_kept
    queries = build_queries(resolve_design(design, kept))
    statements = {query.name: query.sql for query in queries.all()}
    ddl = schema_sql(build_schema(resolve_design(design, kept), queries))
    rows = {row.table: design.declared_rows(row.plural) for row in (*design.entities.values(), *design.edges.values())}
    with tempfile.TemporaryDirectory() as folder, start_embedded(Path(folder) / "data", SETTINGS) as server:
        for name in ("filled", "migrated"):
            _create(server, name, ddl)
        asyncio.run(fill(server.url("filled"), design, USERS, anew=False, tell=lambda _: None))
        with Session(server.url("filled")) as session:
            session.run("VACUUM ANALYZE")
            with timed("statistics read"):
                known, references = read_statistics(session), read_references(session)
        with timed("twin ready"):
            twin = make_twin(server, "migrated", grow(known, rows, references))
        sizes = {times: grow(known, {name: n * times for name, n in rows.items()}, references) for times in SIZES}
        with timed(f"{len(statements)} statements planned at {len(sizes)} sizes"):
            plans = {}
            for times, statistics in sizes.items():
                twin.resize(statistics)
                plans[times] = {name: _cost(twin, sql) for name, sql in statements.items()}
        twin.close()
    print(
        f"\ndeclared: {', '.join(f'{n:,} {name}' for name, n in rows.items())}\n\ncost at {SIZES} times, the steepest:"
    )
    for name in sorted(statements, key=lambda each: -plans[100][each] / plans[1][each])[:8]:
        print(f"  {name:40} {'  '.join(f'{plans[times][name]:10,.0f}' for times in SIZES)}")


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.2f} s")


def _create(server: EmbeddedServer, name: str, ddl: str) -> None:
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} TEMPLATE template0")
    with Session(server.url(name)) as session:
        session.run(ddl)


def _cost(twin: Twin, sql: str) -> float:
    return float(twin.explain(sql)["Total Cost"])


if __name__ == "__main__":
    main()
