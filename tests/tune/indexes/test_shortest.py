"""Keys and included columns that no plan needs are taken away again."""

from backend_architect.tune.indexes.costs import Set
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.indexes.trimming import trimmed


def _index(*columns: str, included: tuple[str, ...] = ()) -> NewIndex:
    return NewIndex("public", "builds", tuple(map(NewKey, columns)), included)


def test_what_no_plan_needs_is_taken_away() -> None:
    """Two keys and a column are left of a merge with another index, which is not there any more."""

    def needs_three(old: Set, new: Set) -> bool:
        return all({"type", "project", "id"} <= {key.column for key in index.keys} for index in new)

    merged = _index("type", "project", "id", "name", "status", included=("finished",))
    assert trimmed(frozenset({merged}), needs_three) == {_index("type", "project", "id")}


def test_the_first_key_stays_and_nothing_is_made_twice() -> None:
    one, other = _index("a"), _index("a", "b")
    assert trimmed(frozenset({one}), lambda old, new: True) == {one}
    assert trimmed(frozenset({one, other}), lambda old, new: True) == {one, other}
    assert trimmed(frozenset({other}), lambda old, new: False) == {other}
