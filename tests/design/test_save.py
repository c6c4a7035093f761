"""Changing a design's text: the value changes, every other character stays."""

import difflib

import pytest

from backend_architect.design import read_design
from backend_architect.design.save import change_design
from backend_architect.errors import DesignError

from .cases import REPOSITORY

EXAMPLE = (REPOSITORY / "examples" / "social-sharing" / "backend.yaml").read_text()


def changed(path: str | tuple[str, ...], value: object, text: str = EXAMPLE) -> list[str]:
    """Return the lines that one change takes away (-) and brings (+); the result must be a design."""
    after = change_design(text, {path: value})  # type: ignore[dict-item]
    read_design(after)
    difference = difflib.unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in difference if not line.startswith(("---", "+++", "@@"))]


def test_nothing_to_change_changes_nothing() -> None:
    assert change_design(EXAMPLE, {}) == EXAMPLE


def test_a_value_is_set() -> None:
    assert changed("load.users", 500) == ["-  users: 200_000", "+  users: 500"]
    assert changed("load.reads", "2k/s") == ["-  reads: 800/s", "+  reads: 2k/s"]


def test_a_comment_beside_the_value_stays() -> None:
    lines = changed("clients", ["web"])
    assert lines[1].startswith("+clients: [web]            # decides sessions (web)")


def test_a_value_inside_braces_is_set() -> None:
    old = "-  rows: {posts: 20M, comments: 60M, follows: 40M, likes: 200M}"
    assert changed("load.rows.posts", 30_000_000) == [
        old,
        "+  rows: {posts: 30M, comments: 60M, follows: 40M, likes: 200M}",
    ]
    assert changed("load.rows.users", "1k") == [
        old,
        "+  rows: {posts: 20M, comments: 60M, follows: 40M, likes: 200M, users: 1k}",
    ]


def test_a_folded_text_is_replaced_whole() -> None:
    assert changed("entities.post.rules.visible", "mine") == [
        "-      visible: >-",
        "-        audience = 'public' or mine",
        "-        or exists (select from follows where follower = me and target = author)",
        "+      visible: mine",
    ]


def test_an_entry_is_added_after_the_last_and_before_what_follows() -> None:
    after = change_design(EXAMPLE, {"auth.roles": ["moderator", "editor"], "limits.search": "30/minute"})
    assert "everything: 300/minute\n  search: 30/minute\n\nentities:" in after


def test_keys_that_hold_dots() -> None:
    assert changed("limits.posts.create", "5/hour") == ["-  posts.create: 20/hour", "+  posts.create: 5/hour"]
    assert changed("limits.posts.update", "5/hour") == ["+  posts.update: 5/hour"]
    assert changed(("limits", "comments.create"), "5/hour") == ["+  comments.create: 5/hour"]


def test_mappings_on_the_way_are_made() -> None:
    lines = changed("entities.comment.rules.mine", "author = me")
    assert lines == ["+    rules: {mine: author = me}"]
    text = "design: 1\nbackend: shop\nentities: {}\n"
    assert change_design(text, {"auth.account": "user"}) == text + "auth: {account: user}\n"


def test_a_value_that_is_not_given_yet_is_given() -> None:
    text = "design: 1\nbackend: shop\nsummary:\nentities: {}\n"
    assert changed("summary", "A shop", text) == ["-summary:", "+summary: A shop"]


def test_a_block_gives_way_to_a_single_value_and_back() -> None:
    text = "design: 1\nbackend: shop\nentities:\n  item:  # what we sell\n    fields:\n      name: text  # short\n"
    long = {"one_of": [f"a rather long choice number {n}" for n in range(5)], "optional": True}
    after = change_design(text, {"entities.item.fields.name": long, "entities.item.plural": "stuff"})
    assert "      name:  # short\n        one_of:\n" in after
    assert read_design(after).design.entities["item"].plural == "stuff"
    assert changed("entities.item.fields.name", "slug", after)[-1] == "+      name: slug  # short"


def test_an_entity_is_added_as_people_write_it() -> None:
    tag = {"fields": {"name": {"type": "text", "max": 40}}, "allow": {"read": "anyone"}}
    assert changed("entities.tag", tag) == ["+  tag: {fields: {name: {type: text, max: 40}}, allow: {read: anyone}}"]


def test_items_of_a_list() -> None:
    assert changed("auth.sign_in.1", "google") == ["-  sign_in: [password]", "+  sign_in: [password, google]"]
    assert changed("assumptions.2", "likes are public") == ["+  - likes are public"]
    assert changed("checks.0.expect", 200)[1].endswith("expect: 200}")


def test_removing() -> None:
    assert changed("load.p95", None) == ["-  p95: 200ms"]
    assert changed("limits.posts.create", None) == ["-  posts.create: 20/hour"]
    assert changed("assumptions.0", None) == ["-  - posts are public unless marked for followers"]
    assert changed("entities.post.counts.shares", None)[1].endswith("{likes: likes.post, comments: comments.post}")
    assert changed("entities.post.counts.likes", None)[1].endswith("{comments: comments.post, shares: posts.shared}")
    assert changed("nothing.of.this", None) == []


def test_removing_the_last_entry_removes_the_mapping() -> None:
    lines = changed("entities.post.computed.liked", None)
    assert lines[0] == "-    computed:"
    assert len(lines) == 2


def test_removing_a_part_keeps_the_comments_of_its_neighbours() -> None:
    after = change_design(EXAMPLE, {"events": None})
    assert "events:" not in after
    assert "custom:                           # hand-written use cases" in after


def test_what_needs_quotes_gets_them() -> None:
    assert changed("summary", "A shop: with #1 things")[1] == "+summary: 'A shop: with #1 things'"
    assert changed("assumptions.0", "true")[1] == "+  - 'true'"
    assert changed("entities.post.allow.read", "audience = 'a, b'")[1] == "+      read: audience = 'a, b'"
    assert changed("lists.feed.where", "audience = 'a, b'")[1].startswith(
        "+  feed: {of: post, where: \"audience = 'a, b'\""
    )


def test_several_changes_at_once() -> None:
    after = change_design(EXAMPLE, {"backend": "sharing", "load.users": None, "pin.main-database": "mongodb"})
    design = read_design(after).design
    assert (design.name, design.load.users, design.pin) == ("sharing", 10_000, {"main-database": "mongodb"})


def test_a_value_inside_a_single_value_is_refused() -> None:
    with pytest.raises(DesignError, match="is a single value"):
        change_design(EXAMPLE, {"backend.name": "x"})


def test_a_text_that_is_no_design_is_refused() -> None:
    with pytest.raises(DesignError):
        change_design("- a", {"backend": "x"})
