"""An unknown noun names what is sold or booked where the sentence says so; elsewhere it is a thing of its own."""

import pytest

from backend_architect.proposal import propose_from_text


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


@pytest.mark.parametrize(
    ("brief", "part", "about"),
    [
        ("A recipe site with a blog, where people rate recipes", "review", "recipe"),
        ("A forum with comments", "comment", "topic"),
        ("A blog with products, and reviews of articles", "review", "article"),
        ("A blog and a shop with product reviews and comments on articles", "review", "product"),
        ("People sell bikes in a blog, with bike reviews", "review", "bike"),
        ("A shop with recipes and reviews", "review", "product"),
    ],
)
def test_what_is_attached_goes_to_what_was_said_beside_it(brief: str, part: str, about: str) -> None:
    entities = propose_from_text(brief).design.entities
    assert entities[part].fields[about].to == about


def test_a_forum_has_its_comments_without_posts() -> None:
    assert "post" not in propose_from_text("A forum with comments").design.entities
