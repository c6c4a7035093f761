"""Each count is kept or counted by its own numbers; one that orders a list is always kept."""

from dataclasses import replace

from backend_architect.decisions import decide_all
from backend_architect.design.model import Count, Order

from .designs import counted_posts, listing, notes, pinned, sharing


def test_what_is_read_often_is_kept() -> None:
    assert decide_all(counted_posts(77)).is_kept("post", "comments")
    assert not decide_all(counted_posts(76)).is_kept("post", "comments")


def test_a_count_that_orders_a_list_is_kept_even_against_a_pin() -> None:
    ordered = replace(counted_posts(1), lists=(listing("post", order=Order("comments", descending=True)),))
    assert decide_all(ordered).is_kept("post", "comments")
    decisions = decide_all(pinned(ordered, counters="computed"))
    assert decisions.is_kept("post", "comments")
    assert "stays kept" in decisions["counters"].pinned.disagreement  # type: ignore[union-attr]


def test_a_pin_decides_for_all_others() -> None:
    assert decide_all(pinned(counted_posts(1), counters="kept")).is_kept("post", "comments")
    assert not decide_all(pinned(counted_posts(900), counters="computed")).is_kept("post", "comments")


def test_a_design_can_be_mixed() -> None:
    base = counted_posts(76)
    post = base.entities["post"]
    counts = {**post.counts, "rare": Count("rare", "comments", "post")}
    lists = (listing("post", order=Order("rare", descending=True), cache_seconds=60),)
    mixed = replace(base, lists=lists, entities={**base.entities, "post": replace(post, counts=counts)})
    decisions = decide_all(replace(mixed, load=replace(mixed.load, reads=1)))
    assert decisions["counters"].answer == "mixed"
    assert (decisions.is_kept("post", "rare"), decisions.is_kept("post", "comments")) == (True, False)
    assert decisions["counters"].settings == {"post.comments": 0, "post.rare": 1}


def test_without_counts_there_is_nothing_to_keep() -> None:
    assert decide_all(notes())["counters"].answer == "none"
    assert not decide_all(notes()).kept_counts


def test_the_worked_design_keeps_its_likes() -> None:
    assert decide_all(sharing()).is_kept("post", "likes")
