"""Fragments grow by name; rules are extended, never lost."""

import pytest

from backend_architect.patterns.merge import FragmentConflict, extended_rule, merged


@pytest.mark.parametrize(
    ("rule", "more", "result"),
    [
        ("mine", "or moderator", "mine or moderator"),
        ("a or b", "and not c", "(a or b) and not c"),
        ("a and b", "or c", "(a and b) or c"),
        ("a", "and (b or c)", "a and (b or c)"),
        ("exists (select from x where a or b)", "and c", "exists (select from x where a or b) and c"),
        ("a = 'x or y'", "and c", "a = 'x or y' and c"),
        ("anyone", "or admin", "anyone"),
        ("anyone", "and not blocked", "not blocked"),
        ("nobody", "or admin", "admin"),
        (None, "or admin", "admin"),
        (None, "and admin", None),
        ("mine or staff", "or staff", "mine or staff"),
    ],
)
def test_rule_is_extended(rule: str | None, more: str, result: str | None) -> None:
    assert extended_rule(rule, more) == result


def test_mappings_and_sets_grow() -> None:
    assert merged({"a": {"x": 1}, "roles": ["p"]}, {"a": {"y": 2}, "roles": ["p", "q"]}) == {
        "a": {"x": 1, "y": 2},
        "roles": ["p", "q"],
    }


def test_two_values_for_one_place_are_a_mistake() -> None:
    with pytest.raises(FragmentConflict):
        merged({"max": 1}, {"max": 2})
    assert merged({"max": 1}, {"max": 2}, override=True) == {"max": 2}


def test_nothing_is_changed_in_place() -> None:
    base = {"a": {"x": [1]}}
    merged(base, {"a": {"x": [2]}})
    assert base == {"a": {"x": [1]}}
