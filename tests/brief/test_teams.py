"""What is said of teams is built: their things are kept apart, or it is told which are not."""

import pytest

from backend_architect.design.check import check_design
from backend_architect.design.load import read_design
from backend_architect.design.tenancy import not_isolated
from backend_architect.proposal import Proposal, propose_from_text


def told_apart(proposal: Proposal) -> bool:
    return any("what belongs to another" in trap.wrong for trap in proposal.traps)


@pytest.mark.parametrize(
    ("brief", "team", "held"),
    [
        ("Inventory for several companies, each with its own warehouse", "company", ["product"]),
        ("Polls for our company", "company", ["poll"]),
        ("Invoices for several companies", "company", ["invoice"]),
        ("Expense reports for teams", "team", ["expense"]),
        ("Courses for several organisations", "organisation", ["course"]),
        ("Sensors of several companies", "company", ["device"]),
        ("Tasks in projects for teams", "team", ["project"]),
    ],
)
def test_what_a_team_holds_is_kept_apart(brief: str, team: str, held: list[str]) -> None:
    proposal = propose_from_text(brief)
    assert check_design(read_design(proposal.text)) == ()
    for name in held:
        assert proposal.design.entities[name].fields[team].to == team
        assert f"{team}.member" in proposal.design.entities[name].rules["visible"]
        assert f"{team}.member" in proposal.design.entities[name].allow["create"]
        assert team not in proposal.design.entities[name].accepts.get("update", ())
    assert not_isolated(proposal.design, team) == ()
    assert told_apart(proposal)
    assert not any(text.startswith("not kept apart") for text in proposal.choices)


@pytest.mark.parametrize(
    ("brief", "named"),
    [
        ("Teams share documents and comment on them", "not kept apart by team: posts, comments;"),
        ("A blog for several companies", "not kept apart by company: articles;"),
        ("A shop for several companies with orders", "not kept apart by company: products, orders, order lines"),
    ],
)
def test_what_is_not_kept_apart_is_told_and_nothing_else_claimed(brief: str, named: str) -> None:
    proposal = propose_from_text(brief)
    assert any(text.startswith(named) for text in proposal.choices)
    assert not told_apart(proposal)
    assert "do not see" not in " ".join([*proposal.understood.values(), proposal.text])


def test_a_role_that_sees_the_things_of_every_team_is_told() -> None:
    choices = propose_from_text("helpdesk with multiple companies").choices
    assert any(text.startswith("agent: a role for every company") for text in choices)
