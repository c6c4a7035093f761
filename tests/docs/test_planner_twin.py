"""The example of the planner twin's page prints what the page shows."""

import contextlib
import io

from backend_architect.postgres import EmbeddedServer, Session
from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "planner-twin.md")
ORDERS = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, made timestamptz NOT NULL, note text);
INSERT INTO orders SELECT i, i * 7919 % 5000, timestamptz '2026-01-01' + i * interval '1 minute', md5(i::text)
FROM generate_series(1, 200000) i;
"""


def test_the_example_prints_what_the_page_shows(server: EmbeddedServer) -> None:
    blocks = {block.mark: block.text for block in PAGE.blocks()}
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE twin_page STRATEGY file_copy")
        with Session(server.url("twin_page")) as session:
            session.run(ORDERS)
            session.run("VACUUM ANALYZE orders")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(blocks["run by tests/docs/test_planner_twin.py"], {"url": server.url("twin_page")})
        admin.run("DROP DATABASE twin_page WITH (FORCE)")
    assert printed.getvalue() == blocks["printed"]
