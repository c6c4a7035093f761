"""An unknown noun names what is sold or booked where the sentence says so; elsewhere it is a thing of its own."""

import pytest

from backend_architect.design.propose import propose_from_text


@pytest.mark.parametrize(
    ("brief", "rows"),
    [
        ("A recipe app for teams", {"recipe", "team"}),
        ("A multi-tenant app for contracts", {"contract", "team"}),
        ("A wiki for teams", {"wiki", "team"}),
        ("Contracts of several companies", {"contract", "company"}),
        ("An auction site with bids", {"bid", "listing", "offer"}),
        ("A marketplace with vouchers", {"voucher", "listing"}),
    ],
)
def test_a_noun_beside_is_a_thing_of_its_own(brief: str, rows: set[str]) -> None:
    assert rows <= set(propose_from_text(brief).design.entities)


@pytest.mark.parametrize(
    ("brief", "thing", "gone"),
    [
        ("people sell bikes", "bike", "listing"),
        ("a marketplace where people sell used bikes", "bike", "listing"),
        ("an app to book vans", "van", "room"),
        ("rent out boats", "boat", "room"),
        ("a booking system for boats", "boat", "room"),
    ],
)
def test_a_noun_tied_to_the_verb_or_the_word_is_what_it_is_about(brief: str, thing: str, gone: str) -> None:
    entities = propose_from_text(brief).design.entities
    assert thing in entities
    assert gone not in entities


def test_what_teams_work_on_belongs_to_them() -> None:
    recipe = propose_from_text("A recipe app for teams").design.entities["recipe"]
    assert recipe.fields["team"].to == "team"
