"""What is advised can be run as it is shown: on partitions, and beside a partial index that holds no row."""

import asyncio
from pathlib import Path

from backend_architect.postgres import Session
from backend_architect.tune import observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from tests.tune.conftest import NewDatabase

SHAPES = """
CREATE TABLE uploads (id int PRIMARY KEY, flagged boolean NOT NULL DEFAULT false, keeper int NOT NULL, title text);
INSERT INTO uploads (id, keeper, title) SELECT i, i % 500, 'upload ' || i FROM generate_series(1, 20000) i;
CREATE INDEX uploads_flagged ON uploads (flagged) WHERE flagged;
CREATE TABLE memos (id int NOT NULL, kind text NOT NULL, writer int, made timestamptz) PARTITION BY LIST (kind);
CREATE TABLE memos_a PARTITION OF memos FOR VALUES IN ('a');
CREATE TABLE memos_b PARTITION OF memos FOR VALUES IN ('b');
INSERT INTO memos SELECT i, chr(97 + i % 2), i % 900, '2026-01-01'::timestamptz + i * interval '1 min'
  FROM generate_series(1, 40000) i;
VACUUM ANALYZE
"""
WORKLOAD = """
-- weight: 300
SELECT id FROM uploads WHERE keeper = 7 ORDER BY id DESC LIMIT 20;
-- weight: 300
SELECT id FROM memos WHERE writer = 12 ORDER BY made DESC LIMIT 20;
"""


def test_each_advised_index_is_built_by_the_statement_that_is_shown(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(SHAPES)
    (tmp_path / "workload.sql").write_text(WORKLOAD)
    observed = asyncio.run(observe(url, tmp_path / "workload.sql")).observed
    advised = advise(url, observed, ChoiceLimits(), lambda _: None)
    assert advised.advice is not None, advised.problems
    shown = {each.index.table: each.sql for each in advised.advice.recommended}
    assert shown["uploads"].startswith("CREATE INDEX CONCURRENTLY uploads_keeper")
    assert shown["memos"].startswith("CREATE INDEX memos_writer")
    with Session(url) as session:
        for sql in shown.values():
            session.run(sql.rstrip(";"))
