"""Constants of a text search that the counts hide: what is supposed makes a candidate, and is told."""

from dataclasses import replace

import pytest

from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.indexes.candidates import plain_candidates, richer
from backend_architect.tune.indexes.constant_conditions import StatementPredicates
from backend_architect.tune.supposed_constants import supposed_constants, with_supposed
from backend_architect.tune.workload import Statement, Workload

WORDS = "SELECT id FROM orders WHERE to_tsvector($2, status || $3 || note) @@ websearch_to_tsquery($4, $1) LIMIT $5"


@pytest.mark.parametrize(
    ("default", "text", "meant"),
    [
        ("pg_catalog.simple", WORDS,
         "SELECT id FROM orders WHERE to_tsvector('english', status || ' ' || note) "
         "@@ websearch_to_tsquery('english', $1) LIMIT $5"),
        ("pg_catalog.german", "SELECT 1 FROM orders WHERE to_tsvector($2, coalesce(note, $3)) @@ to_tsquery($4, $1)",
         "SELECT 1 FROM orders WHERE to_tsvector('german', coalesce(note, '')) @@ to_tsquery('german', $1)"),
        ("pg_catalog.german", "SELECT to_tsvector($1, $2)", "SELECT to_tsvector($1, $2)"),
        ("", "SELECT 1 FROM orders WHERE words @@ to_tsquery($2, $1)",
         "SELECT 1 FROM orders WHERE words @@ to_tsquery($2, $1)"),
        ("", "SELECT id || $1 FROM orders WHERE status = $2", "SELECT id || $1 FROM orders WHERE status = $2"),
    ],
)  # fmt: skip
def test_what_nearly_everybody_writes_is_supposed(catalog: Catalog, default: str, text: str, meant: str) -> None:
    own = replace(catalog, settings={**catalog.settings, "default_text_search_config": default})
    assert with_supposed(text, supposed_constants(text, own)) == meant


def test_a_supposed_expression_is_a_candidate_and_a_logged_one_is_as_it_is(catalog: Catalog) -> None:
    counted = Statement("1", WORDS, 5)
    logged = replace(counted, id="2", examples=({"$1": "oak"},))
    asks = StatementPredicates(Workload("", (counted, logged)), catalog)
    found = {index.definition("") for access in asks["1"][0] for index in plain_candidates(access)}
    assert "CREATE INDEX ON orders USING gin ((to_tsvector('english', status || ' ' || note)))" in found
    assert (asks.supposed(counted), asks.supposed(logged)) == ("'english' and ' '", "")


def test_rows_without_a_value_are_left_out_where_they_are_many(catalog: Catalog) -> None:
    tables = tuple(
        replace(
            table, columns=tuple(replace(each, nulls=0.4 if each.name == "note" else 0.0) for each in table.columns)
        )
        for table in catalog.tables
    )
    texts = {"note": "SELECT 1 FROM orders WHERE note = $1", "status": "SELECT 1 FROM orders WHERE status = $1",
             "order": "SELECT 1 FROM orders ORDER BY note LIMIT 5"}  # fmt: skip
    workload = Workload("", tuple(Statement(name, text, 1) for name, text in texts.items()))
    asks = StatementPredicates(workload, replace(catalog, tables=tables))
    found = {
        name: {each.definition("") for access in asks[name][0] for index in plain_candidates(access)
               for each in richer(index, access) if "IS NOT NULL" in each.predicate}
        for name in texts
    }  # fmt: skip
    assert "CREATE INDEX ON orders (note) WHERE note IS NOT NULL" in found["note"]
    assert not found["status"]
    assert not found["order"]  # its NULLs are asked for too
