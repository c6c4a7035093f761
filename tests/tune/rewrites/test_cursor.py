"""A page whose cursor is an OR: an index that gives the order is walked from its beginning, the parts are not."""

import asyncio
import json

from backend_architect.postgres import Session
from backend_architect.tune import observe
from backend_architect.tune.rewrites import Rewrite, rewrite
from tests.tune.conftest import NewDatabase

MAILS = """
CREATE TABLE mails (id int PRIMARY KEY, received timestamptz, deleted timestamptz, subject text NOT NULL);
INSERT INTO mails SELECT i, CASE WHEN i % 10 > 2 THEN '2026-01-01'::timestamptz + i % 9000 * interval '1 hour' END,
  NULL, repeat('s', 100) FROM generate_series(1, 30000) i;
CREATE INDEX mails_order ON mails (received DESC NULLS LAST, id DESC);
VACUUM ANALYZE mails
"""
PAGE = """SELECT id, received FROM mails WHERE deleted IS NULL AND (received < $1 OR (received = $1 AND id < $2)
  OR received IS NULL) ORDER BY received DESC NULLS LAST, id DESC LIMIT 50"""
DEEP = {"$1": "'2026-03-01'", "$2": "700"}


def test_a_page_far_behind_begins_at_its_cursor(new_database: NewDatabase) -> None:
    url = new_database(MAILS)
    (found,) = rewrite("or-across-columns", PAGE, asyncio.run(observe(url)).observed.catalog)
    assert isinstance(found, Rewrite)
    before, after = (_with_values(text) for text in (PAGE, found.sql))
    with Session(url) as session:
        assert session.fetch(before) == session.fetch(after)
        assert _pages(session, after) * 20 < _pages(session, before)


def _with_values(text: str) -> str:
    for parameter, value in DEEP.items():
        text = text.replace(parameter, value)
    return text


def _pages(session: Session, sql: str) -> float:
    plan = json.loads(session.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"))[0]["Plan"]
    return float(plan["Shared Hit Blocks"]) + float(plan["Shared Read Blocks"])
