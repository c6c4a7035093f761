"""A word that is told as understood has something built for it, or it is told that it has not."""

import pytest

from backend_architect.design.check import check_design
from backend_architect.design.load import read_design
from backend_architect.patterns import Pattern, all_patterns
from backend_architect.proposal import propose_from_text


@pytest.mark.parametrize(
    ("brief", "entities"),
    [
        ("Project management with boards, sprints and milestones", {"project", "board", "sprint", "milestone"}),
        ("A CRM with contacts and deals", {"contact", "deal"}),
        ("A shop with orders, payments and refunds", {"order", "payment", "refund"}),
        ("Invoices and quotes", {"invoice", "quote"}),
        ("Expenses and incomes", {"expense", "income"}),
    ],
)
def test_a_thing_that_was_named_is_there(brief: str, entities: set[str]) -> None:
    proposal = propose_from_text(brief)
    assert entities <= set(proposal.design.entities)
    assert check_design(read_design(proposal.text)) == ()


def test_a_word_without_anything_of_its_own_is_told() -> None:
    understood = propose_from_text("Inventory with warehouses, and surveys").understood
    assert understood["Inventory"] == "stock is counted and cannot be oversold"
    assert understood["warehouses"].endswith("; nothing of its own for this word")
    assert understood["surveys"].endswith("; nothing of its own for this word")


@pytest.mark.parametrize("pattern", all_patterns(), ids=lambda pattern: pattern.name)
def test_what_is_covered_is_a_word_of_the_pattern(pattern: Pattern) -> None:
    assert {*pattern.covers} <= {*pattern.nouns}
