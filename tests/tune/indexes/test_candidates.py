"""Statements → the indexes that could serve them."""

import pytest

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import blocks_of
from backend_architect.sql.parsing import parse
from backend_architect.tune.indexes.candidates import plain_candidates, richer
from backend_architect.tune.indexes.table_predicates import accesses_of


def _candidates(sql: str, catalog: Catalog) -> set[str]:
    trees = parse(sql)
    assert trees
    found = set()
    for access in accesses_of(blocks_of(trees[0], catalog)):
        for index in plain_candidates(access):
            found |= {each.definition("") for each in (index, *richer(index, access))}
    return {text.removeprefix("CREATE INDEX ON ") for text in found}


WANTED = [
    ("equality, then order", "SELECT id FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20",
     "orders (user_id, created_at DESC)"),
    ("two equalities, either first", "SELECT 1 FROM orders WHERE user_id = $1 AND status = $2",
     "orders (status, user_id)"),
    ("equality, then range", "SELECT 1 FROM orders WHERE status = $1 AND total BETWEEN $2 AND $3",
     "orders (status, total)"),
    ("range and no more", "SELECT 1 FROM orders WHERE total > $1", "orders (total)"),
    ("a page after a key", "SELECT id FROM orders WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC",
     "orders (created_at, id)"),
    ("mixed directions", "SELECT id FROM orders ORDER BY total DESC, created_at LIMIT 5",
     "orders (total DESC, created_at)"),
    ("where NULL comes", "SELECT id FROM orders ORDER BY total DESC NULLS LAST LIMIT 5",
     "orders (total DESC NULLS LAST)"),
    ("a join from the other side", "SELECT 1 FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.id = $1",
     "lines (order_id)"),
    ("a join by USING", "SELECT 1 FROM orders JOIN users u USING (id)", "users (id)"),
    ("a join and an equality", "SELECT 1 FROM users u, orders o WHERE o.user_id = u.id AND o.status = $1",
     "orders (user_id, status)"),
    ("a subquery that asks of the row around it",
     "SELECT (SELECT count(*) FROM lines WHERE order_id = o.id) FROM orders o", "lines (order_id)"),
    ("EXISTS", "SELECT 1 FROM users u WHERE EXISTS (SELECT FROM orders o WHERE o.user_id = u.id AND paid)",
     "orders (user_id) WHERE paid"),
    ("IN with a subquery", "SELECT 1 FROM orders WHERE user_id IN (SELECT id FROM users WHERE name = $1)",
     "users (name)"),
    ("IN with a list", "SELECT 1 FROM orders WHERE user_id IN ($1, $2)", "orders (user_id)"),
    ("= ANY", "SELECT 1 FROM orders WHERE user_id = ANY ($1)", "orders (user_id)"),
    ("each arm of an OR", "SELECT 1 FROM orders WHERE user_id = $1 OR total > $2", "orders (total)"),
    ("a function", "SELECT 1 FROM users WHERE lower(email) = $1", "users ((lower(email)))"),
    ("beginning with", "SELECT 1 FROM users WHERE name LIKE 'abc%'", "users (name text_pattern_ops)"),
    ("anywhere", "SELECT 1 FROM users WHERE name ILIKE '%smith%'", "users USING gin (name gin_trgm_ops)"),
    ("words", "SELECT 1 FROM orders WHERE words @@ to_tsquery('english', $1)", "orders USING gin (words)"),
    ("words of a text", "SELECT 1 FROM orders WHERE to_tsvector('english', note) @@ to_tsquery($1)",
     "orders USING gin ((to_tsvector('english', note)))"),
    ("jsonb", "SELECT 1 FROM orders WHERE data @> $1", "orders USING gin (data jsonb_path_ops)"),
    ("a key of jsonb", "SELECT 1 FROM orders WHERE data ->> 'sku' = $1", "orders ((data ->> 'sku'))"),
    ("an array", "SELECT 1 FROM users WHERE tags @> $1", "users USING gin (tags)"),
    ("one of an array", "SELECT 1 FROM users WHERE $1 = ANY (tags)", "users USING gin (tags)"),
    ("times that only grow", "SELECT 1 FROM orders WHERE created_at > $1", "orders USING brin (created_at)"),
    ("only some rows", "SELECT id FROM orders WHERE status = 'open' ORDER BY created_at",
     "orders (created_at) WHERE status = 'open'"),
    ("what is not deleted", "SELECT id FROM orders WHERE user_id = $1 AND deleted_at IS NULL",
     "orders (user_id) WHERE deleted_at IS NULL"),
    ("covering", "SELECT sum(total) FROM orders WHERE user_id = $1", "orders (user_id) INCLUDE (total)"),
    ("groups", "SELECT status, count(*) FROM orders GROUP BY status", "orders (status)"),
    ("the greatest", "SELECT max(created_at) FROM orders WHERE user_id = $1", "orders (user_id, created_at)"),
    ("DISTINCT ON", "SELECT DISTINCT ON (user_id) id FROM orders ORDER BY user_id, created_at DESC",
     "orders (user_id, created_at DESC)"),
    ("an update", "UPDATE orders SET total = 0 WHERE user_id = $1", "orders (user_id)"),
    ("a deletion", "DELETE FROM lines USING orders o WHERE order_id = o.id AND o.status = $1", "lines (order_id)"),
    ("a CTE", "WITH recent AS (SELECT * FROM orders WHERE total > $1) SELECT 1 FROM recent", "orders (total)"),
    ("a number in ORDER BY", "SELECT created_at FROM orders ORDER BY 1 LIMIT 1", "orders (created_at)"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "wanted"), [each[1:] for each in WANTED], ids=[each[0] for each in WANTED])
def test_what_a_statement_wants_is_among_its_candidates(sql: str, wanted: str, catalog: Catalog) -> None:
    assert wanted in _candidates(sql, catalog)


UNWANTED = [
    ("what changes by itself", "SELECT 1 FROM orders WHERE date_trunc('day', now()) = created_at", "now()"),
    ("a parameter inside a key", "SELECT 1 FROM orders WHERE data ->> $1 = $2", "$"),
    ("a condition with a parameter", "SELECT 1 FROM orders WHERE status = $1 AND total > 5", "WHERE status"),
    ("jsonb in a btree", "SELECT 1 FROM orders WHERE data = $1", "(data)"),
    ("the table of a CTE's name", "WITH users AS (SELECT 1 AS id) SELECT 1 FROM users WHERE id = 1", "users"),
    ("a parameter's pattern in a btree", "SELECT 1 FROM users WHERE name LIKE $1", "pattern_ops"),
    ("a document in a covering index", "SELECT data FROM orders WHERE user_id = $1", "INCLUDE"),
    ("a negation", "SELECT 1 FROM users WHERE name NOT LIKE 'abc%'", "pattern_ops"),
]


@pytest.mark.parametrize(("sql", "unwanted"), [each[1:] for each in UNWANTED], ids=[each[0] for each in UNWANTED])
def test_what_no_index_can_do_is_no_candidate(sql: str, unwanted: str, catalog: Catalog) -> None:
    assert not [each for each in _candidates(sql, catalog) if unwanted in each]


def test_candidates_of_one_statement_are_not_without_bound(catalog: Catalog) -> None:
    conditions = " AND ".join(
        f"{name} = ${number}" for number, name in enumerate(["user_id", "status", "total", "id"], 1)
    )
    everything = f"SELECT * FROM orders WHERE {conditions} AND note > $5 AND created_at < $6 ORDER BY created_at, note"
    assert len(_candidates(everything, catalog)) < 400
