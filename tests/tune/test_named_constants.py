"""Constants that the counts hide, read from the indexes that somebody made for them; and those of one sample."""

from dataclasses import replace

import pytest

from backend_architect.postgres.catalog import Catalog, Index, KeyPart
from backend_architect.tune.indexes.constant_conditions import StatementPredicates
from backend_architect.tune.named_constants import constants_of, with_named_constants
from backend_architect.tune.workload import Statement, Workload
from tests.tune.indexes.conftest import catalog as catalog  # noqa: PLC0414 - a fixture
from tests.tune.indexes.test_covering import EXISTING


def _with_indexes(catalog: Catalog, *indexes: Index) -> Catalog:
    table = next(each for each in catalog.tables if each.name == "orders")
    return replace(catalog, indexes=tuple(replace(each, table=table.oid) for each in indexes))


def _key(column: str = "", expression: str = "") -> KeyPart:
    return KeyPart(column, expression, "", "", False, False)


OPEN = replace(EXISTING, keys=(_key("created_at"),), predicate="(status = 'open'::text)")
PAID = replace(EXISTING, keys=(_key("created_at"),), predicate="(status = 'paid'::text)")
SKU = replace(EXISTING, keys=(_key(expression="(data ->> 'sku'::text)"),))


@pytest.mark.parametrize(
    ("indexes", "text", "meant"),
    [
        ((OPEN,), "SELECT 1 FROM orders o WHERE o.status = $2 AND total > $1",
         "SELECT 1 FROM orders o WHERE o.status = 'open' AND total > $1"),
        ((OPEN,), "SELECT 1 FROM orders WHERE total = $1", "SELECT 1 FROM orders WHERE total = $1"),
        ((OPEN, PAID), "SELECT 1 FROM orders WHERE status = $1", "SELECT 1 FROM orders WHERE status = $1"),
        ((SKU,), "SELECT 1 FROM orders WHERE data ->> $1 = $2", "SELECT 1 FROM orders WHERE data ->> 'sku' = $2"),
        ((OPEN,), "SELECT 1 FROM users WHERE name = $1", "SELECT 1 FROM users WHERE name = $1"),
        ((OPEN,), "SELECT $1 nonsense(", "SELECT $1 nonsense("),
    ],
)  # fmt: skip
def test_a_parameter_is_what_an_index_names(
    catalog: Catalog, indexes: tuple[Index, ...], text: str, meant: str
) -> None:
    with_indexes = _with_indexes(catalog, *indexes)
    assert with_named_constants(text, with_indexes, constants_of(with_indexes)) == meant


def _partial(catalog: Catalog, *texts: str) -> set[str]:
    workload = Workload("", tuple(Statement(str(number), text, 1.0) for number, text in enumerate(texts)))
    asks = StatementPredicates(workload, catalog)
    return {fixed.sql for accesses, _ in asks.values() for access in accesses for fixed in access.fixed}


OF_COUNTRY = "SELECT id FROM orders WHERE status = 'KR' ORDER BY created_at LIMIT 20"


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        ("SELECT 1 FROM lines WHERE order_id = 42", set()),  # all values are samples
        ("SELECT 1 FROM lines WHERE order_id = $1", {"status = 'KR'"}),  # the application writes parameters as such
        ("SELECT count(*) FROM orders WHERE status = 'KR'", {"status = 'KR'"}),
        ("SELECT count(*) FROM orders WHERE status = 'DE'", set()),
    ],
)
def test_one_value_of_a_sample_makes_no_partial_index(catalog: Catalog, beside: str, kept: set[str]) -> None:
    assert _partial(catalog, OF_COUNTRY, beside) == kept


def test_what_is_no_value_of_a_sample_may_be_a_condition(catalog: Catalog) -> None:
    assert _partial(catalog, "SELECT 1 FROM orders WHERE paid AND deleted_at IS NULL") == {"paid", "deleted_at IS NULL"}
