"""What holds in every call, apart from what one call was planned with."""

from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.indexes.constant_conditions import asks_of, names_no_table
from backend_architect.tune.workload import Statement


def _conditions(text: str, catalog: Catalog, *examples: dict[str, str | None]) -> list[str]:
    accesses, problem = asks_of(Statement("s", text, 1.0, examples=examples), catalog)
    assert not problem
    return [fixed.sql for access in accesses for fixed in access.fixed]


def test_a_parameter_is_no_condition_of_an_index_whatever_stood_for_it(catalog: Catalog) -> None:
    ranged = "SELECT id FROM orders WHERE user_id = $1 AND created_at > $2 AND status = 'open'"
    assert _conditions(ranged, catalog, {"$1": "7", "$2": "2026-01-01"}) == ["status = 'open'"]
    assert _conditions("SELECT id FROM orders WHERE status = $1", catalog) == []
    accesses, _ = asks_of(Statement("s", "SELECT id FROM orders WHERE data ->> $2 = $1", 1.0), catalog)
    assert not any(access.equal for access in accesses)


def test_a_statement_that_only_calls_functions_needs_no_index() -> None:
    assert names_no_table("SELECT pg_stat_reset()")
    assert not names_no_table("SELECT 1 FROM nowhere")
