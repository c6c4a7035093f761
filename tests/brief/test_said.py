"""What is printed of a proposed design is so: what was closed, what is avoided, and nothing that no longer holds."""

import pytest

from backend_architect.design.check import check_design
from backend_architect.design.load import read_design
from backend_architect.design.tenancy import left_with_access
from backend_architect.proposal import Proposal, propose_from_text
from backend_architect.report.proposal import proposal_text


@pytest.mark.parametrize(
    ("brief", "said", "closed"),
    [
        ("A blog where only editors can publish", "article made by the role editor alone", {"article": ["create"]}),
        ("A booking app. Guests may not cancel", "deleted by the role staff alone", {"booking": ["delete"]}),
        ("A wiki; nobody can delete pages", "page deleted by nobody", {"page": ["delete"]}),
        ("A shop with hidden products", "product read by", {"product": ["read"]}),
        ("A private social network for our family", "read by the role invited alone", {"post": ["read", "create"]}),
        ("A social network for cancer patients", "it is about health (“patients”): user", {"post": ["read"]}),
    ],
)
def test_what_is_closed_is_printed_and_kept_in_the_design(brief: str, said: str, closed: dict[str, list[str]]) -> None:
    proposal = propose_from_text(brief)
    assert any(said in text for text in proposal.closed), proposal.closed
    assert "Closed (open it in the design where you want it):" in proposal_text(proposal)
    assert set(proposal.closed) <= set(proposal.design.assumptions)
    assert not any(restriction.word.text in proposal.not_understood for restriction in proposal.brief.restrictions)
    for name, actions in closed.items():
        row = proposal.design.entities[name]
        assert all("anyone" not in row.allow.get(action, "") for action in actions)


@pytest.mark.parametrize(
    ("brief", "gone"),
    [
        ("A support forum for people with depression", "everybody reads the forum"),
        ("A social network for cancer patients", "posts are public"),
        ("A social network for cancer patients", "profiles are public"),
        ("A members-only forum", "everybody reads the forum"),
        ("A blog where only editors can publish", "anyone who has an account may write"),
        ("An app for children with events", "attend them are public"),
    ],
)
def test_what_no_longer_holds_is_not_said(brief: str, gone: str) -> None:
    proposal = propose_from_text(brief)
    assert gone not in proposal_text(proposal)
    assert gone not in proposal.text


def test_a_list_that_is_kept_for_nobody_else_is_not_said_to_be_cached() -> None:
    """What is trending is cached for all; among patients each sees another list."""
    assert "cached for a minute" in proposal_text(propose_from_text("A social network"))
    proposal = propose_from_text("A social network for cancer patients")
    assert "cached for a minute" not in proposal_text(proposal)
    assert all(spec.cache_seconds is None for spec in proposal.design.lists)


TEAMS = [
    ("Invoices for several companies", "company"),
    ("Expense reports for teams", "team"),
    ("Courses for several organisations", "organisation"),
    ("Sensors of several companies", "company"),
    ("Tasks in projects for teams", "team"),
    ("Tasks for teams", "team"),
    ("A CRM for companies", "company"),
    ("Polls for our company", "company"),
    ("a wiki for our team with comments and reviews", "team"),
    ("helpdesk with multiple companies", "company"),
    ("project management for agencies with tasks, files and comments", "agency"),
    ("Payroll for several companies with salaries", "company"),
]
LEFT = "not at sign-in, of whoever made the thing too"


@pytest.mark.parametrize(("brief", "team"), TEAMS)
def test_whoever_left_a_team_keeps_nothing_that_they_made_there(brief: str, team: str) -> None:
    proposal = propose_from_text(brief)
    assert check_design(read_design(proposal.text)) == ()
    assert left_with_access(proposal.design, team) == ()
    assert says_that_leaving_ends_it(proposal) is not any(
        text.startswith("not kept apart") for text in proposal.choices
    )


def test_what_is_kept_after_leaving_is_seen() -> None:
    """The check of leaving is no formality: without the team in the rule, the owner goes on reading."""
    text = propose_from_text("Invoices for several companies").text
    design = read_design(text.replace("owner = me and company.member", "owner = me").replace(
        "visible: company.member", "visible: mine or company.member")).design  # fmt: skip
    assert "invoices" in left_with_access(design, "company")


def says_that_leaving_ends_it(proposal: Proposal) -> bool:
    return any(LEFT in trap.avoided for trap in proposal.traps)


def test_people_with_a_role_are_said_to_have_it() -> None:
    proposal = propose_from_text("A blog for readers where only editors can publish")
    assert proposal.understood["editors"] == "people to whom the team gives the role editor"
    assert proposal.understood["readers"].startswith("people; whoever of them signs up is a user")
    assert not any("users alike" in text for text in proposal.assumed)
