"""What an existing index means for a new one: it is there already, or it is not needed beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from backend_architect.postgres.catalog import Index, KeyPart
from backend_architect.tune.index_facts import enforces
from backend_architect.tune.indexes.model import NewIndex, NewKey


def is_there_already(index: NewIndex, existing: Iterable[Index]) -> bool:
    """Return whether an index serves all that a new one would; a partial one leaves out rows that others must read."""
    return not index.predicate and any(
        each.valid
        and each.method == index.method
        and not each.predicate
        and _begins_with(each.keys, index.keys, whole=index.method != "btree")
        and set(index.included) <= {*each.included, *(key.column for key in each.keys)}
        for each in existing
    )


def covered_by(index: NewIndex, existing: Iterable[Index]) -> tuple[Index, ...]:
    """Return the indexes that nobody needs beside a new one; those that enforce something are needed."""
    if index.method != "btree" or index.predicate:
        return ()
    held = {*index.included, *(key.column for key in index.keys)}
    return tuple(
        each
        for each in existing
        if each.method == "btree"
        and each.parent is None
        and not each.predicate
        and not enforces(each)
        and _new_begins_with(index.keys, each.keys)
        and set(each.included) <= held
    )


def like_another(existing: Sequence[Index]) -> list[Index]:
    """Return the indexes that enforce nothing and have the first key of another one."""
    firsts = Counter((each.keys[0].column, each.keys[0].expression) for each in existing if each.keys and each.valid)
    return [
        each
        for each in existing
        if each.keys
        and each.valid
        and not enforces(each)
        and each.parent is None
        and firsts[each.keys[0].column, each.keys[0].expression] > 1
    ]


def _begins_with(keys: Sequence[KeyPart], wanted: Sequence[NewKey], *, whole: bool) -> bool:
    if len(keys) < len(wanted) or (whole and len(keys) != len(wanted)):
        return False
    return all(_same(key, new) for key, new in zip(keys, wanted, strict=False))


def _new_begins_with(wanted: Sequence[NewKey], keys: Sequence[KeyPart]) -> bool:
    return len(wanted) >= len(keys) and all(_same(key, new) for key, new in zip(keys, wanted, strict=False))


def _same(key: KeyPart, new: NewKey) -> bool:
    if key.collation:
        return False
    mine = (key.column, key.expression.strip("()"), key.opclass, key.descending, key.nulls_first)
    return mine == (new.column, new.expression.strip("()"), new.opclass, new.descending, new.nulls_first)
