"""SQL that is laid out for people says the same as the tree it came from."""

from pathlib import Path

import pytest
import sqlglot

from backend_architect.design import load_design
from backend_architect.design.expressions import resolve_rule
from backend_architect.design.parser_agreement import means
from backend_architect.queries.resolved import all_of, any_of
from backend_architect.queries.text import StatementText, inline, lines
from tests.conftest import RIGHT_DESIGNS


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: path.parent.name)
def test_long_rules_mean_what_short_ones_do(path: Path) -> None:
    design = load_design(path).design
    for row in design.rows_by_plural.values():
        for text in [*row.allow.values(), *row.rules.values()]:
            tree = resolve_rule(design, row, text)
            laid_out = "\n".join(lines(tree))
            assert sqlglot.parse_one(laid_out, dialect="postgres") == sqlglot.parse_one(
                inline(tree), dialect="postgres"
            )


def test_brackets_that_nobody_wrote_are_there() -> None:
    """Conditions are put together from parts: an OR within an AND keeps to itself, on one line and on many."""
    parts = [
        sqlglot.parse_one(f"things.column_number_{n} = 'a text of some length'", dialect="postgres") for n in "1234"
    ]
    tree = all_of(parts[0], any_of(*parts[1:3], all_of(parts[3], any_of(*parts[:2]))))
    text = StatementText().rule(tree)
    assert "\n" in text
    assert means(text, tree)
    assert not means(text.replace("(", "").replace(")", ""), tree)
