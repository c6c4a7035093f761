"""What an existing index means for a new one."""

from dataclasses import replace

import pytest

from backend_architect.postgres.catalog import Index, KeyPart
from backend_architect.tune.indexes.covering import covered_by, is_there_already
from backend_architect.tune.indexes.model import NewIndex, NewKey

EXISTING = Index(
    oid=1, table=1, schema="public", name="i", method="btree", keys=(), included=(), predicate="", unique=False,
    primary=False, valid=True, ready=True, constraint="", replica_identity=False, parent=None, definition="",
    bytes=8192, pages=1, rows=1.0, fillfactor=90, scans=0, last_scan=None,
)  # fmt: skip


def _old(*columns: str) -> Index:
    return replace(EXISTING, keys=tuple(KeyPart(name, "", "", "", False, False) for name in columns))


def _new(*columns: str, **more: object) -> NewIndex:
    return NewIndex("public", "t", tuple(NewKey(name) for name in columns), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "old", "there"),
    [
        (_new("a"), _old("a"), True),
        (_new("a"), _old("a", "b"), True),
        (_new("a", "b"), _old("a"), False),
        (_new("b"), _old("a", "b"), False),
        (_new("a", predicate="deleted_at IS NULL"), _old("a"), False),  # small where few rows are left
        (_new("a"), replace(_old("a"), predicate="(deleted_at IS NULL)"), False),
        (_new("a"), replace(_old("a"), valid=False), False),
        (_new("a", included=("b",)), _old("a"), False),
        (_new("a", included=("b",)), _old("a", "b"), True),
        (_new("a", method="hash"), replace(_old("a", "b"), method="hash"), False),
    ],
)
def test_what_is_there_already_is_no_candidate(new: NewIndex, old: Index, there: bool) -> None:
    assert is_there_already(new, [old]) is there


@pytest.mark.parametrize(
    ("old", "covered"),
    [
        (_old("a"), True),
        (_old("a", "b"), True),
        (_old("b"), False),
        (_old("a", "b", "c"), False),
        (replace(_old("a"), unique=True), False),  # it holds a constraint
        (replace(_old("a"), replica_identity=True), False),
        (replace(_old("a"), parent=7), False),  # a partition's goes with its parent's
        (replace(_old("a"), included=("z",)), False),
    ],
)
def test_what_a_new_one_covers_is_dropped_unless_it_does_more(old: Index, covered: bool) -> None:
    assert covered_by(_new("a", "b", included=("c",)), [old]) == ((old,) if covered else ())
    assert covered_by(_new("a", "b", predicate="c IS NULL"), [old]) == ()
