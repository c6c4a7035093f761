"""What a rule rests on stays as it is until the commit of the write: two transactions, and one of them is held open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import Design, load_design, read_design
from backend_architect.postgres import EmbeddedServer
from backend_architect.queries import Queries, build_queries, resolve_design
from backend_architect.schema import build_schema, schema_sql
from tests.conftest import ROOT

ME = "00000000-0000-7000-8000-000000000001"
OTHER = "00000000-0000-7000-8000-000000000002"

SHOP_ROWS = f"""
INSERT INTO users (id, name) VALUES ('{ME}', 'me');
INSERT INTO orders (id, customer_id) VALUES ('{ME}', '{ME}');
INSERT INTO products (id, name, category, price, stock) SELECT gen_random_uuid(), 'thing', 'things', 100, 99
FROM generate_series(1, 7);
INSERT INTO order_lines (id, order_id, product_id, quantity, unit_price)
SELECT '{ME}', '{ME}', (SELECT min(id::text)::uuid FROM products), 1, 100;
"""
PLACE = "UPDATE orders SET state = 'placed'"

TRACKER = """
design: 1
backend: tracker
auth: {account: person}
entities:
  person: {plural: people, fields: {name: {type: text, max: 80}}, allow: {read: anyone}}
  project:
    fields:
      closed: {type: boolean, default: false}
      title: {type: text, max: 80}
      owner: {to: person, set: me}
    allow: {read: anyone, update: signed_in}
  task:
    fields:
      project: {to: project}
      title: {type: text, max: 80}
    allow:
      read: anyone
      create: signed_in and not project.closed
      update: not project.closed
      delete: project.owner = me
    accepts: {update: [title]}
"""
TRACKER_ROWS = f"""
INSERT INTO people (id, name) VALUES ('{ME}', 'me');
INSERT INTO projects (id, title, owner_id) VALUES ('{ME}', 'thing', '{ME}');
INSERT INTO tasks (id, project_id, title) VALUES ('{ME}', '{ME}', 'first');
"""
CLOSE = "UPDATE projects SET closed = true"


@pytest.mark.parametrize("name", ["create", "delete"])
def test_an_order_that_is_being_placed_takes_and_loses_no_line(name: str, server: EmbeddedServer) -> None:
    design = _example("shop")
    product = "SELECT max(id::text)::uuid FROM products"
    total = "SELECT count(*), (SELECT lines_count FROM orders) FROM order_lines"

    async def told() -> None:
        async with _Trial.of(design, SHOP_ROWS, server) as trial:
            given = {"order_id": ME, "id": ME, "product_id": await trial.look.fetchval(product), "quantity": 1}
            assert await trial.raced(f"order_lines.{name}", given, PLACE) is None
            assert tuple(await trial.look.fetchrow(total)) == (1, 1)

    asyncio.run(told())


def test_six_who_add_a_line_at_once_all_do(server: EmbeddedServer) -> None:
    design = _example("shop")

    async def told() -> None:
        async with _Trial.of(design, SHOP_ROWS, server) as trial:
            products = await trial.look.fetch("SELECT id FROM products ORDER BY id::text DESC LIMIT 6")
            writers = [await asyncpg.connect(server.url("trial_of_locks")) for _ in products]
            made = await asyncio.gather(
                *(
                    trial.run("order_lines.create", {"order_id": ME, "product_id": row[0], "quantity": 1}, db=writer)
                    for writer, row in zip(writers, products, strict=True)
                )
            )
            assert all(made)
            await asyncio.gather(*(writer.close() for writer in writers))

    asyncio.run(told())


@pytest.mark.parametrize("name", ["create", "update"])
def test_what_must_not_hold_is_locked_too(name: str, server: EmbeddedServer) -> None:
    async def told() -> None:
        async with _Trial.of(read_design(TRACKER, "tracker").design, TRACKER_ROWS, server) as trial:
            given = {"project_id": ME, "id": ME, "title": "second"}
            assert await trial.raced(f"tasks.{name}", given, CLOSE) is None
            await trial.look.execute("UPDATE projects SET closed = false")
            assert await trial.run(f"tasks.{name}", given)

    asyncio.run(told())


def test_a_write_after_an_edit_that_changes_no_rule_goes_on(server: EmbeddedServer) -> None:
    async def told() -> None:
        async with _Trial.of(read_design(TRACKER, "tracker").design, TRACKER_ROWS, server) as trial:
            given = {"project_id": ME, "id": ME, "title": "second"}
            assert await trial.raced("tasks.create", given, "UPDATE projects SET title = 'other'")

    asyncio.run(told())


def test_only_rows_whose_rule_may_change_are_locked() -> None:
    tracker = read_design(TRACKER, "tracker").design
    locking = {q.name for q in _queries(tracker).all() if " FOR SHARE" in q.sql or " FOR NO KEY" in q.sql}
    assert locking == {"tasks.create", "tasks.update"}  # whose project it is never changes; reads lock nothing
    shop = _queries(_example("shop"))
    locking = {q.name for q in shop.all() if "FOR SHARE" in q.sql}
    assert locking == set()  # the count and the stock of what is locked change in the same statement
    bookings = _queries(_example("bookings"))
    assert {q.name for q in bookings.all() if "FOR SHARE" in q.sql} == {"bookings.create"}


def _example(name: str) -> Design:
    return load_design(ROOT / "examples" / name / "backend.yaml").design


def _queries(design: Design) -> Queries:
    return build_queries(resolve_design(design, decide_all(design).is_kept))


class _Trial:
    """A design's tables in a database of their own, and its statements."""

    def __init__(self, queries: Queries, url: str, look: asyncpg.Connection) -> None:
        self.queries = queries
        self.url = url
        self.look = look

    @classmethod
    @asynccontextmanager
    async def of(cls, design: Design, rows: str, server: EmbeddedServer) -> AsyncIterator["_Trial"]:
        """Give the trial of a design whose tables hold `rows`."""
        kept = decide_all(design).is_kept
        queries = build_queries(resolve_design(design, kept))
        admin = await asyncpg.connect(server.url())
        await admin.execute("DROP DATABASE IF EXISTS trial_of_locks WITH (FORCE)")
        await admin.execute("CREATE DATABASE trial_of_locks")
        look = await asyncpg.connect(server.url("trial_of_locks"))
        try:
            await look.execute(schema_sql(build_schema(resolve_design(design, kept), queries)) + rows)
            yield cls(queries, server.url("trial_of_locks"), look)
        finally:
            await look.close()
            await admin.execute("DROP DATABASE trial_of_locks WITH (FORCE)")
            await admin.close()

    async def run(self, name: str, given: dict[str, object], *, db: asyncpg.Connection | None = None) -> object:
        """Return the first value that a statement answers `me`; None where its rule refuses."""
        query = next(query for query in self.queries.all() if query.name == name)
        values = [given.get(param.name, ME if param.name == "me" else None) for param in query.params]
        values = [False if param.name.startswith("is_") else v for param, v in zip(query.params, values, strict=True)]
        return await (db or self.look).fetchval(query.sql, *values)

    async def raced(self, name: str, given: dict[str, object], other: str) -> object:
        """Return what a statement answers that begins while `other` has run and not committed yet."""
        held = await asyncpg.connect(self.url)
        writer = await asyncpg.connect(self.url)
        try:
            transaction = held.transaction()
            await transaction.start()
            await held.execute(other)
            answer = asyncio.create_task(self.run(name, given, db=writer))
            await self._until_it_waits(writer.get_server_pid())
            await transaction.commit()
            return await answer
        finally:
            await held.close()
            await writer.close()

    async def _until_it_waits(self, pid: int) -> None:
        for _ in range(500):
            if await self.look.fetchval("SELECT cardinality(pg_blocking_pids($1)) > 0", pid):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the statement did not wait")
