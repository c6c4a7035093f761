"""What a brief does not want is not in the design, unless something that it wants needs it; both are said."""

import pytest

from backend_architect.design.check import check_design
from backend_architect.design.load import read_design
from backend_architect.errors import BriefError
from backend_architect.proposal import Proposal, propose_from_text
from backend_architect.report.proposal import proposal_text


@pytest.mark.parametrize(
    ("brief", "rows", "left_out"),
    [
        (
            "A shop with products and orders, no stock and no payments",
            {"user", "product", "order", "order_line"},
            ("stock", "payments"),
        ),
        (
            "A social network, no likes",
            {"user", "post", "comment", "follow"},
            ("likes", "trending, because it needs reactions"),
        ),
        ("A shop without orders", {"user", "product", "stock_change"}, ("orders", "payments, because it needs orders")),
        ("A SaaS without teams", {"user", "plan", "subscription", "notification"}, ("teams",)),
        ("Comments and tags on recipes without posts", {"user", "recipe", "comment"}, ("posts",)),
        ("Recipes, no ingredients, no accounts", {"recipe"}, ("ingredients", "accounts")),
    ],
)
def test_what_is_not_wanted_is_not_there(brief: str, rows: set[str], left_out: tuple[str, ...]) -> None:
    proposal = propose_from_text(brief)
    assert check_design(read_design(proposal.text)) == ()
    assert {*proposal.design.entities, *proposal.design.edges} == rows
    assert proposal.left_out == left_out
    assert f"Left out, as you asked:\n  {left_out[0]}\n" in f"{proposal_text(proposal)}\n"


@pytest.mark.parametrize(
    ("brief", "kept"),
    [
        ("Orders without products", "products, needed by orders"),
        ("A shop without products", "products, needed by"),
        ("Comments, but no posts", "posts, needed by comments"),
        ("A social network without profiles", "profiles, needed by"),
    ],
)
def test_what_something_wanted_needs_is_kept_and_said(brief: str, kept: str) -> None:
    proposal = propose_from_text(brief)
    assert any(choice.startswith(f"kept, although you do not want it: {kept}") for choice in proposal.choices)
    assert not any(said in kept for said in proposal.left_out)


def test_a_bundle_that_lost_a_part_is_not_said_to_be_whole() -> None:
    proposal = propose_from_text("A shop without stock")
    assert "stock" not in proposal.design.summary
    assert "stock" not in proposal.understood["shop"]
    assert "stock" in propose_from_text("A shop").design.summary


def test_a_shop_that_needs_no_accounts_keeps_them_and_all_its_parts() -> None:
    proposal = propose_from_text("A shop that does not need accounts")
    assert rows_of(proposal) == rows_of(propose_from_text("A shop"))
    assert any("accounts are kept" in choice for choice in proposal.choices)


def test_a_brief_that_only_says_what_it_does_not_want() -> None:
    with pytest.raises(BriefError, match="what it does not want \\(chat, likes\\)"):
        propose_from_text("There should be no chat and no likes")


def rows_of(proposal: Proposal) -> set[str]:
    return {*proposal.design.entities, *proposal.design.edges}
