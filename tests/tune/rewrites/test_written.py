"""What the rewrites say, and why others are refused; nothing is run."""

import pytest

from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.rewrites import RewriteRefusal, rewrite
from tests.tune.rewrites.conftest import written

KEYSET = [
    (
        "SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT $2 OFFSET $3",
        "SELECT * FROM orders WHERE user_id = $1 AND (created_at, id) < ($3, $4) "
        "ORDER BY created_at DESC, id DESC LIMIT $2",
        ["CREATE INDEX CONCURRENTLY orders_user_id_created_at_id_idx ON orders (user_id, created_at, id);"],
    ),
    (
        "SELECT id FROM orders ORDER BY created_at LIMIT 20 OFFSET $1",
        "SELECT id, created_at FROM orders WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 20",
        [],  # by_date is there
    ),
    (
        "SELECT id FROM orders ORDER BY status, created_at DESC LIMIT 20 OFFSET ($1 - 1) * 20",
        "SELECT id, status, created_at FROM orders WHERE status >= $1 AND (status > $1 OR (created_at <= $2 AND "
        "(created_at < $2 OR id < $3))) ORDER BY status, created_at DESC, id DESC LIMIT 20",
        ["CREATE INDEX CONCURRENTLY orders_status_created_at_id_1f5a32_idx ON orders"
         " (status, created_at DESC, id DESC);"],
    ),
    (
        "SELECT id, shipped_at FROM orders ORDER BY shipped_at DESC LIMIT 20 OFFSET $1",
        "SELECT id, shipped_at FROM orders WHERE shipped_at < $1 OR ($1 IS NULL AND shipped_at IS NOT NULL) OR "
        "((shipped_at = $1 OR ($1 IS NULL AND shipped_at IS NULL)) AND id < $2) ORDER BY shipped_at DESC, id DESC "
        "LIMIT 20",
        ["CREATE INDEX CONCURRENTLY orders_shipped_at_id_idx ON orders (shipped_at, id);"],
    ),
    (
        "SELECT email FROM users ORDER BY 1 LIMIT 10 OFFSET $1",
        "SELECT email FROM users WHERE email > $1 ORDER BY email LIMIT 10",
        [],  # its unique index breaks no tie: there is none
    ),
    (
        'SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id ORDER BY o.created_at LIMIT 10 OFFSET $1',
        "SELECT o.id, u.name, o.created_at FROM orders AS o INNER JOIN users AS u ON u.id = o.user_id "
        "WHERE (o.created_at, o.id) > ($1, $2) ORDER BY o.created_at, o.id LIMIT 10",
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "indexes"), KEYSET)
def test_a_page_begins_after_the_last_row_seen(before: str, after: str, indexes: list[str], catalog: Catalog) -> None:
    found = written("offset-page", before, catalog)
    assert " ".join(found.sql.split()) == after
    assert [index.statement() for index in found.indexes] == indexes


REFUSED = [
    ("offset-page", "SELECT at FROM logs ORDER BY at LIMIT 9 OFFSET $1", "logs has no primary key"),
    ("offset-page", "SELECT status, count(*) FROM orders GROUP BY 1 LIMIT 9 OFFSET $1", "it groups its rows"),
    ("offset-page", "SELECT DISTINCT status FROM orders LIMIT 9 OFFSET $1", "it has DISTINCT"),
    ("offset-page", "SELECT id, count(*) OVER () FROM orders LIMIT 9 OFFSET $1", "window function"),
    ("offset-page", "SELECT id FROM orders ORDER BY random() LIMIT 9 OFFSET $1", "its order changes"),
    ("offset-page", "SELECT id FROM elsewhere LIMIT 9 OFFSET $1", "elsewhere is no table"),
    ("offset-page", "SELECT o.id FROM orders o LEFT JOIN items i ON i.order_id = o.id LIMIT 9 OFFSET $1", "LEFT JOIN"),
    ("not-in-subquery", "SELECT id FROM users WHERE id NOT IN (SELECT max(user_id) FROM orders)", "groups or limits"),
    ("n-plus-one", "SELECT id FROM users WHERE id > $1", "no rows by a key"),
    ("n-plus-one", "SELECT id FROM users WHERE id = $1 OR name = $1", "no rows by a key"),
    ("not-in-subquery", "SELECT id FROM users WHERE id NOT IN (1, 2)", "no NOT IN over a subquery"),
    ("count-of-all", "SELECT count(*), max(total) FROM orders", "something else than count(*)"),
    ("function-on-column", "SELECT id FROM users WHERE lower(name) = $1", "no condition"),
    ("or-across-columns", "SELECT id FROM users WHERE id = $1 OR name = $2", "no OR over several tables"),
]


@pytest.mark.parametrize(("code", "text", "reason"), REFUSED)
def test_what_cannot_be_said_otherwise_is_refused_with_the_reason(
    code: str, text: str, reason: str, catalog: Catalog
) -> None:
    (found,) = rewrite(code, text, catalog)
    assert isinstance(found, RewriteRefusal)
    assert reason in found.reason


def test_a_negated_condition_is_left_as_it_is(catalog: Catalog) -> None:
    (found,) = rewrite("function-on-column", "SELECT id FROM orders WHERE NOT date(created_at) = $1", catalog)
    assert isinstance(found, RewriteRefusal)


def test_what_nulls_change_is_said(catalog: Catalog) -> None:
    found = written(
        "not-in-subquery", 'SELECT id FROM users WHERE id NOT IN (SELECT "user" FROM "Sal es"."Or""der")', catalog
    )
    assert "NULL in user" in found.notes[0]
    assert not written(
        "not-in-subquery", "SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM orders)", catalog
    ).notes


def test_a_code_that_no_rewrite_mends_has_none(catalog: Catalog) -> None:
    assert rewrite("unused-index", "SELECT 1", catalog) == ()
