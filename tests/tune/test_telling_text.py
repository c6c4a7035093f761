"""How statements without a name are told apart."""

import pytest

from backend_architect.tune.telling_text import telling_text
from backend_architect.tune.workload import Statement


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'SELECT "u"."id", "u"."name", "u"."email" FROM "u" WHERE "u"."id" = $1',
            'SELECT … FROM "u" WHERE "u"."id" = $1',
        ),
        ("/* a:b */ SELECT\n id FROM t -- the end", "SELECT id FROM t"),
        ("SELECT (SELECT max(x) FROM inside_of_it), one FROM t", "SELECT … FROM t"),
        ("SELECT 'FROM' FROM \"a\nb\"", "SELECT 'FROM' FROM \"a b\""),
        ("UPDATE t SET a = $1", "UPDATE t SET a = $1"),
        ("SELECT 'never closed", "SELECT 'never closed"),
        ("SELECT", "SELECT"),
    ],
)
def test_the_first_list_of_columns_tells_nothing(text: str, told: str) -> None:
    assert telling_text(text) == told


def test_a_short_text_is_shown_as_it_is_and_a_long_one_with_its_id() -> None:
    assert Statement("ab", "SELECT a, b FROM t", 1.0).shown == "SELECT a, b FROM t"
    long = f"SELECT {', '.join(f'column_{n}' for n in range(20))} FROM t WHERE id = $1"
    assert Statement("ab", long, 1.0).shown == "SELECT … FROM t WHERE id = $1 [ab]"
