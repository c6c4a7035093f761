"""What a person types becomes a design that loads, makes sense and holds what they named."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backend_architect.design.check import check_design
from backend_architect.design.load import read_design
from backend_architect.proposal import Proposal, propose_from_text

BRIEFS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("briefs.yaml"))


@pytest.mark.parametrize("case", BRIEFS, ids=lambda case: case["brief"])
def test_brief_becomes_a_design_that_makes_sense(case: dict[str, Any]) -> None:
    proposal = propose_from_text(case["brief"])
    assert check_design(read_design(proposal.text)) == ()
    assert proposal.design.name == case["backend"]
    assert rows_of(proposal) >= set(case["rows"])
    assert list(proposal.not_understood) == case["not_understood"]


def test_there_are_enough_briefs() -> None:
    assert len(BRIEFS) >= 40


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("posts, comments, likes", "likes, comments and posts"),
        ("a shop with reviews and tags", "tags and reviews for a shop"),
        ("helpdesk for companies with files", "files, companies, helpdesk"),
        ("TODO list", "to-do lists"),
        ("blog with search, bookmarks and moderation", "moderation, bookmarks & search: blog"),
    ],
)
def test_the_order_of_words_makes_no_difference(one: str, other: str) -> None:
    first, second = propose_from_text(one), propose_from_text(other)
    assert first.text.replace(first.design.name, "x") == second.text.replace(second.design.name, "x")


def test_guessed_entity_is_seen_by_its_owner_alone_and_said_so() -> None:
    proposal = propose_from_text("an API for recipes and ingredients")
    recipe = proposal.design.entities["recipe"]
    assert recipe.allow["read"] == "visible"
    assert recipe.rules == {"mine": "owner = me", "visible": "mine"}
    assert any(text.startswith("recipes have a name") for text in proposal.assumed)
    assert set(proposal.assumed) == set(proposal.design.assumptions)


def test_guessed_entity_belongs_to_the_team_where_there_are_teams() -> None:
    wiki = propose_from_text("a wiki for our company").design.entities["wiki"]
    assert wiki.fields["company"].to == "company"
    assert wiki.rules["visible"] == "company.member"


def test_what_the_brief_says_of_the_load_is_in_the_design() -> None:
    load = propose_from_text("blog for 200k users, 1400 rps under 80 ms, 10 million articles").design.load
    assert (load.users, load.p95_ms, load.rows["articles"]) == (200_000, 80, 10_000_000)
    assert round(load.reads + load.writes, -2) == 1400


def test_rows_written_a_second_are_writes_and_leave_the_number_of_rows_alone() -> None:
    load = propose_from_text("Chat with 1000 messages per second").design.load
    assert (load.users, load.writes) == (10_000, 1000)
    assert load.rows["messages"] == propose_from_text("Chat with messages").design.load.rows["messages"]


def test_what_a_number_was_taken_for_is_said_with_its_value() -> None:
    understood = propose_from_text("A blog with 100.000 readers, 3k rps, 20 million articles, under 80 ms").understood
    assert understood["100.000 readers"] == "100 000 users"
    assert understood["3k rps"] == "3 000 requests a second"
    assert understood["20 million articles"] == "20 000 000 rows of articles"
    assert understood["80 ms"] == "p95 of 80 ms"


@pytest.mark.parametrize("number", ["at most 3 votes per user", "0 users", "99999999999999 users", "7 coffees a day"])
def test_a_number_that_is_not_used_is_said(number: str) -> None:
    proposal = propose_from_text(f"Polls, {number}")
    assert any(f"“{number}” is no" in text or f"“{number}” is a rule" in text for text in proposal.choices)
    assert proposal.design.load == propose_from_text("Polls").design.load


@pytest.mark.parametrize(
    ("brief", "name", "plural"),
    [
        ("mice and cages", "mouse", "mice"),
        ("a wolf tracker", "wolf", "wolves"),
        ("headaches and pills", "headache", "headaches"),
        ("analyses, samples", "analysis", "analyses"),
        ("heroes with comments", "hero", "heroes"),
        ("matrices for teams, 3 million matrices", "matrix", "matrices"),
        ("we sell knives", "knife", "knives"),
        ("sizes and menus", "size", "sizes"),
    ],
)
def test_a_thing_has_the_plural_that_english_has(brief: str, name: str, plural: str) -> None:
    proposal = propose_from_text(brief)
    design = read_design(proposal.text)
    assert check_design(design) == ()
    assert design.design.entities[name].plural == plural
    assert design.design.load.rows[plural] >= 500
    assert not any(f"{name}s " in text for text in proposal.assumed if f"{name}s" != plural)


def test_a_typing_mistake_is_answered_with_what_may_be_meant() -> None:
    proposal = propose_from_text("A helpdsk with tikets and invocies")
    assert "did you mean “helpdesk”?" in proposal.understood["helpdsk"]
    assert "did you mean “ticket”?" in proposal.understood["tikets"]
    assert "did you mean “invoice”?" in proposal.understood["invocies"]
    assert propose_from_text("chat for one strange custmer").not_understood == ("strange custmer",)
    assert propose_from_text("chat, custmer").not_understood == ("custmer (did you mean “customer”?)",)
    assert propose_from_text("recipes and a dating app").not_understood == ("dating",)


def test_a_word_that_is_not_understood_is_said_once_and_not_beside_its_plural() -> None:
    proposal = propose_from_text("Pets: each pet sees purple vets, purple vets see one pet")
    assert {"pet", "vet"} <= set(proposal.design.entities)
    assert proposal.not_understood == ("purple",)


def test_people_who_are_told_apart_in_the_brief_alone_are_said_to_be_users_alike() -> None:
    proposal = propose_from_text("A school app where teachers give homework to pupils and parents see grades")
    assert proposal.understood["teachers"].startswith("people; whoever of them signs up is a user")
    told = "teachers, pupils and parents are users alike; what each kind of them may do is not told apart"
    assert told in proposal.assumed
    assert told in proposal.design.assumptions
    assert not any("users alike" in text for text in propose_from_text("polls for students").assumed)


def test_providers_join_the_password() -> None:
    auth = propose_from_text("a blog with google and github login").design.auth
    assert auth is not None
    assert auth.sign_in == ("password", "google", "github")


def test_accounts_are_left_out_when_nothing_needs_them() -> None:
    assert propose_from_text("API without accounts for stations").design.auth is None


def test_accounts_are_kept_where_something_needs_them() -> None:
    proposal = propose_from_text("chat without login")
    assert proposal.design.auth is not None
    assert any("accounts are kept" in choice for choice in proposal.choices)


def test_a_number_that_fits_nothing_is_said() -> None:
    assert any("5 million rows" in choice for choice in propose_from_text("todo list, 5 million rows").choices)


def rows_of(proposal: Proposal) -> set[str]:
    return {*proposal.design.entities, *proposal.design.edges}
