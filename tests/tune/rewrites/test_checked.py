"""Every kind of rewrite returns the same rows as its statement when both are run; a wrong one is caught."""

import asyncio
from dataclasses import replace

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune import Observed, Statement, Workload, find_all
from backend_architect.tune.rewrites import Rewrite, rewrite
from backend_architect.tune.rewrites.show import with_rewrites
from tests.tune.rewrites.conftest import Verdicts, written

OPEN = 'Weird "x"'
HOSTILE = '"Sal es"."Or""der"'
SAME = [
    ("offset-page", "SELECT * FROM orders WHERE user_id = $1 AND status = $2 ORDER BY total DESC LIMIT $3 OFFSET $4"),
    ("offset-page", "SELECT id, total FROM orders ORDER BY status, created_at DESC LIMIT $2 OFFSET ($1 - 1) * 20"),
    ("offset-page", "SELECT id FROM orders ORDER BY shipped_at DESC, total NULLS FIRST LIMIT 20 OFFSET $1"),
    ("offset-page", "SELECT id FROM orders ORDER BY shipped_at, total DESC NULLS LAST LIMIT 20 OFFSET $1"),
    ("offset-page", "SELECT i.sku FROM orders o JOIN items i ON i.order_id = o.id ORDER BY o.total OFFSET $1"),
    ("offset-page", "SELECT id, lower(name) n FROM users ORDER BY n LIMIT 10 OFFSET 2000"),
    ("offset-page", f'SELECT x.* FROM {HOSTILE} x WHERE "select" = \'{OPEN}\' ORDER BY "Ünï code" DESC OFFSET $1'),
    ("not-in-subquery", "SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM orders WHERE status = $1)"),
    ("not-in-subquery", f'SELECT * FROM users u WHERE u.id NOT IN (SELECT "user" FROM {HOSTILE}) ORDER BY id LIMIT 3'),
    ("not-in-subquery", "DELETE FROM users WHERE id NOT IN (SELECT user_id FROM orders WHERE total > 5)"),
    ("not-in-subquery", "UPDATE orders SET status = $1 WHERE id NOT IN (SELECT order_id FROM items)"),
    ("count-of-all", "SELECT count(*) FROM orders WHERE user_id = $1"),
    ("function-on-column", "SELECT * FROM orders WHERE date(created_at) = $1 AND status = $2"),
    ("function-on-column", "SELECT id FROM orders WHERE shipped_at::date BETWEEN $1 AND $2"),
    ("function-on-column", "SELECT id FROM orders WHERE extract(year from created_at) = $1"),
    ("function-on-column", "SELECT id FROM orders WHERE date_trunc('day', created_at) = $1 OR date(shipped_at) <= $2"),
    ("or-across-columns", "SELECT o.* FROM orders o JOIN users u ON u.id = o.user_id WHERE o.status = $1 OR name = $2"),
    ("or-across-columns", "SELECT id, shipped_at FROM orders WHERE total > 1 AND (shipped_at < $1 OR (shipped_at = $1 "
     "AND id < $2) OR shipped_at IS NULL) ORDER BY shipped_at DESC NULLS LAST, id DESC LIMIT 20"),
    ("or-across-columns", "SELECT id, created_at FROM orders WHERE user_id = $1 OR status = $2 ORDER BY 2 LIMIT 20"),
]  # fmt: skip
LOOKUPS = [
    ("SELECT id FROM orders LIMIT 9", "SELECT sku FROM items WHERE order_id = $1 AND sku IS NOT NULL AND line < $2"),
    ("SELECT id, user_id FROM orders", "SELECT name FROM users u WHERE id = $1 AND name IS NULL AND u.email <> 'x'"),
    ("SELECT id, user_id FROM orders ORDER BY id LIMIT 20", "SELECT * FROM users WHERE id = $1"),
    ("SELECT id FROM orders WHERE user_id = $1", "SELECT * FROM items WHERE order_id = $1 ORDER BY line LIMIT $2"),
    ("SELECT id FROM orders o WHERE user_id = $1", "SELECT sku, count(*) FROM items WHERE order_id = $1 GROUP BY sku"),
    (f'SELECT * FROM {HOSTILE} WHERE "select" = $1', "SELECT email, id FROM users WHERE id = $1"),
    ("SELECT * FROM users WHERE created_at > $1", f'SELECT "select", "Ünï code" FROM {HOSTILE} WHERE "user" = $1'),
]  # fmt: skip


def test_every_rewrite_returns_the_same_rows(catalog: Catalog, verdicts: Verdicts) -> None:
    rewrites = [written(code, text, catalog) for code, text in SAME]
    for listed, lookup in LOOKUPS:
        found = rewrite("n-plus-one", lookup, catalog, listed=listed)
        assert [type(each) for each in found] == [Rewrite, Rewrite]
        rewrites += found
    told = [(verdict.state, each.sql) for each, verdict in zip(rewrites, verdicts(rewrites), strict=True)]
    assert [each for each in told if each[0] != "same"] == []


def _wrong(good: Rewrite, **trial: object) -> Rewrite:
    return replace(good, trial=replace(good.trial, **trial))


@pytest.fixture
def wrong(catalog: Catalog) -> list[Rewrite]:
    """Rewrites with the mistakes that people make."""
    page = written("offset-page", "SELECT id, status FROM orders ORDER BY status LIMIT 20 OFFSET $1", catalog)
    anti = written("not-in-subquery", f'SELECT * FROM users WHERE id NOT IN (SELECT "user" FROM {HOSTILE})', catalog)
    either = written("or-across-columns", SAME[-1][1], catalog)
    day = written("function-on-column", "SELECT id FROM orders WHERE date(created_at) = $1", catalog)
    joined = written("n-plus-one", LOOKUPS[5][1], catalog, LOOKUPS[5][0])
    batch = rewrite("n-plus-one", "SELECT line, sku FROM items WHERE order_id = $1 LIMIT 2", catalog)[0]
    assert isinstance(batch, Rewrite)
    return [
        _wrong(page, after="SELECT id, status FROM orders WHERE status > $1 AND $2 = $2 ORDER BY status, id LIMIT $3"),
        _wrong(page, after="SELECT id, status FROM orders WHERE (status, id) >= ($1, $2) ORDER BY status, id LIMIT $3"),
        _wrong(anti, never_null=()),
        _wrong(either, after=either.trial.after.replace("IS NOT TRUE", "IS NOT NULL")),
        _wrong(either, after_bounded=either.trial.after_bounded.replace("ORDER BY created_at", "ORDER BY id")),
        _wrong(day, after="SELECT id FROM orders WHERE created_at >= $1::date AND created_at <= $1::date"),
        _wrong(joined, joined=joined.trial.joined.replace("LEFT JOIN", "INNER JOIN")),
        _wrong(batch, batched="SELECT order_id, line, sku FROM items WHERE order_id = ANY($1) LIMIT 2", in_front=True),
    ]


def test_a_wrong_rewrite_is_caught(wrong: list[Rewrite], verdicts: Verdicts) -> None:
    assert [verdict.state for verdict in verdicts(wrong)] == ["different"] * len(wrong)


def test_what_cannot_be_run_is_said_to_be_unchecked(catalog: Catalog, verdicts: Verdicts) -> None:
    texts = [
        "SELECT id FROM orders WHERE no_such_function(id) = $1 LIMIT 9 OFFSET $2",
        "SELECT id FROM orders WHERE total > 100 AND total < 5 LIMIT 9 OFFSET $1",
        "SELECT id FROM orders WHERE sqrt($1) > 2 LIMIT 9 OFFSET $2",
    ]
    found = verdicts([written("offset-page", text, catalog) for text in texts])
    assert [each.state for each in found] == ["unchecked"] * 3
    assert "no_such_function" in found[0].text


def test_findings_show_what_was_checked(catalog: Catalog, server: EmbeddedServer) -> None:
    page = Statement(
        "1", "SELECT /* orders.page */ id FROM orders ORDER BY created_at LIMIT 9 OFFSET $1", 50, name="orders.page"
    )
    logs = Statement("2", "SELECT at FROM logs ORDER BY at LIMIT 9 OFFSET $1", 50)
    observed = Observed(catalog, Workload("the test", (page, logs)))
    plain = tuple(each for each in find_all(observed) if each.code == "offset-page")
    refused, shown = asyncio.run(with_rewrites(plain, observed, server.url()))
    assert shown.rewrite.startswith(
        "-- a page that begins after the last row seen: checked on 400 generated rows a table: "
    )
    assert "\nSELECT /* orders.page */ id, created_at\nFROM orders\n" in shown.rewrite
    assert "the same 400 rows on 20 pages" in str(shown.evidence[-1])
    assert refused.rewrite == ""
    assert str(refused.evidence[-1]).startswith("no rewrite: logs has no primary key")
