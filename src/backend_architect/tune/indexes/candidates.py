"""What one access wants of an index: keys by equality, then range or order; and the richer forms of an index.

`plain_candidates` are keys alone. `richer` returns the forms of one that proved useful: with the columns that spare the
table, and with only the rows that a fixed condition leaves.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from backend_architect.postgres.catalog import Column, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.indexes.table_predicates import Fixed, TablePredicates

Keys = tuple[NewKey, ...]
MOST_EQUAL = 4
MOST_KEYS = 5
MOST_INCLUDED = 8
WIDEST = 200  # bytes of included columns, beyond which an index copies the table
IN_ORDER = 0.9  # correlation from which a BRIN index finds its pages
BRIN_FROM = 2_000  # pages of the table
LIMITED = {"character varying", "character", "bit varying"}
UNLIMITED = {"text", "citext"}
DOCUMENTS = {"bytea", "json", "jsonb", "xml", "tsvector", "hstore"}
LONGEST = 2_600  # bytes of an entry
SHORT = 32  # bytes of a text that has few values
MAX_DISTINCT = 1_000  # values
NULLS = 0.1  # of the rows, from which an index is smaller for leaving them out
BTREE_TYPES = {"json", "xml", "point", "tsvector", "tsquery"}


def plain_candidates(access: TablePredicates) -> tuple[NewIndex, ...]:
    """Return the indexes on keys alone, each once."""
    table = access.table
    btrees = [_index(table, keys) for keys in _key_lists(access) if _fits_btree(table, keys)]
    return tuple(dict.fromkeys([*btrees, *_special(access)]))


def few_candidates(access: TablePredicates) -> tuple[NewIndex, ...]:
    """Return the likeliest of them, for a workload of which there is no time to try all."""
    table = access.table
    equal = (*_by_distinct(table, access.equal)[:MOST_EQUAL], *_by_distinct(table, access.joined)[:1])
    tails = (*access.orders[:1], *((key,) for key in access.ranges[:1]), *((key,) for key in access.prefixes[:1]), ())
    lists = [_joined(base, tail) for base in (equal, equal[:1]) for tail in tails]
    btrees = [_index(table, keys[:MOST_KEYS]) for keys in lists if keys and _fits_btree(table, keys)]
    return tuple(dict.fromkeys([*btrees, *_special(access)]))


def richer(index: NewIndex, access: TablePredicates) -> tuple[NewIndex, ...]:
    """Return what an access makes of a useful index: partial, covering, or both."""
    conditions = (*_fixed_sets(access), *_filled(index, access))
    partial = {each: fixed for fixed in conditions if (each := _partial(index, fixed)) is not None}
    whole: dict[NewIndex, tuple[Fixed, ...]] = {index: ()}
    covering = [each for one, fixed in (whole | partial).items() if (each := _covering(one, access, fixed)) is not None]
    return tuple(dict.fromkeys([*partial, *covering]))


def predicates_of(access: TablePredicates) -> tuple[str, ...]:
    """Return the conditions that an access's partial indexes would have, as SQL."""
    return tuple(_predicate(fixed) for fixed in _fixed_sets(access))


def _key_lists(access: TablePredicates) -> Iterator[Keys]:
    equal = _by_distinct(access.table, access.equal)[:MOST_EQUAL]
    joined = _by_distinct(access.table, access.joined)[:MOST_EQUAL]
    for base in _bases(equal, joined):
        for tail in _tails(access):
            keys = _joined(base, tail)
            if keys and len(keys) <= MOST_KEYS:
                yield keys


def _bases(equal: Keys, joined: Keys) -> Iterator[Keys]:
    """Yield the leading keys: all that are compared with one value, each once at the front, then fewer of them."""
    wholes = {tuple(equal), *((*equal, each) for each in joined), (*equal, *joined)}
    pairs = {tuple(pair) for pair in combinations([*equal, *joined], 2)}
    sets = sorted({*wholes, *pairs, *((each,) for each in (*equal, *joined)), ()})
    for keys in sets:
        for first in keys or (None,):
            yield (first, *(key for key in keys if key != first)) if first else ()


def _tails(access: TablePredicates) -> Iterator[Keys]:
    yield ()
    yield from access.orders
    yield from ((key,) for key in access.ranges)
    yield from ((key,) for key in access.prefixes)
    if access.group:
        yield access.group
    for order in access.orders:
        for key in access.ranges:
            if key.column not in {each.column for each in order}:
                yield (*order, key)
    if len(access.ranges) > 1:
        yield access.ranges


def _joined(base: Keys, tail: Keys) -> Keys:
    """Return the base and then what of the tail is not in it."""
    named = {(key.column, key.expression) for key in base}
    return (*base, *(key for key in tail if (key.column, key.expression) not in named))


def _special(access: TablePredicates) -> Iterator[NewIndex]:
    for each in access.searched:
        yield _index(access.table, (replace(each.key, opclass=each.opclass),), each.method)
    for key in access.ranges:
        column = access.table.column(key.column) if key.column else None
        if column and abs(column.correlation or 0) >= IN_ORDER and access.table.pages >= BRIN_FROM:
            yield _index(access.table, (NewKey(key.column),), "brin")


def _fixed_sets(access: TablePredicates) -> Iterator[tuple[Fixed, ...]]:
    yield from ((each,) for each in access.fixed)
    if len(access.fixed) > 1:
        yield access.fixed


def _filled(index: NewIndex, access: TablePredicates) -> Iterator[tuple[Fixed, ...]]:
    """Yield that the first key is not NULL, where the statement compares it, so that it finds no NULL anyway."""
    compared = {key.column for key in (*access.equal, *access.joined, *access.ranges, *access.prefixes)}
    column = access.table.column(index.keys[0].column)
    if column and column.name in compared and (column.nulls or 0.0) >= NULLS and not index.predicate:
        yield (Fixed(f"{quoted(column.name)} IS NOT NULL", column.name, settles=False, mentions=()),)


def _partial(index: NewIndex, fixed: Sequence[Fixed]) -> NewIndex | None:
    """Return the index over just these rows; a key that is the same in all of them is none any more."""
    if index.method == "brin":
        return None
    settled = {each.column for each in fixed if each.settles}
    keys = tuple(key for key in index.keys if key.column not in settled) or index.keys
    return replace(index, keys=keys, predicate=_predicate(fixed))


def _predicate(fixed: Sequence[Fixed]) -> str:
    return " AND ".join(sorted(each.sql for each in fixed))


def _covering(index: NewIndex, access: TablePredicates, fixed: Sequence[Fixed]) -> NewIndex | None:
    """Return the index with the other columns that the statement reads, where they are few and narrow.

    What it reads only to check what the index's own condition says is not read.
    """
    table, read = access.table, access.read
    if index.method != "btree":
        return None
    checked = Counter(name for each in fixed for name in each.mentions)
    columns = [c for c in table.columns if read is None or read.get(c.name, 0) > checked[c.name]]
    held = {key.column for key in index.keys}
    more = [column for column in columns if column.name not in held]
    width = sum(column.width or 8 for column in more)
    if not more or len(more) > MOST_INCLUDED or width > WIDEST or sum(map(_most_bytes, columns)) > LONGEST:
        return None
    return replace(index, included=tuple(column.name for column in more))


def _most_bytes(column: Column) -> float:
    """Return how long a value of a column can be: an index refuses rows whose entry is longer than a third of a page.

    A text without a limit may be of any length; one of few values is a kind of something, and stays short. A document
    may grow tomorrow whatever it holds today.
    """
    kind, _, limit = column.type.partition("(")
    if kind in DOCUMENTS:
        return float("inf")
    if kind in LIMITED and limit:
        return 4.0 * int(limit.split(")")[0])
    if kind in {*LIMITED, *UNLIMITED} or kind.endswith("[]"):
        few = 0 < (column.distinct or 0) <= MAX_DISTINCT and (column.width or SHORT) <= SHORT
        return 4.0 * SHORT if few else float("inf")
    return column.width or 8


def _by_distinct(table: Table, keys: Iterable[NewKey]) -> Keys:
    """Return the keys, that with the most values first."""

    def values(key: NewKey) -> float:
        column = table.column(key.column) if key.column else None
        distinct = column.distinct if column and column.distinct is not None else -0.5
        return -distinct * max(table.rows, 1) if distinct < 0 else distinct

    return tuple(sorted(dict.fromkeys(keys), key=lambda key: (-values(key), key)))


def _fits_btree(table: Table, keys: Keys) -> bool:
    columns = [table.column(key.column) for key in keys if key.column]
    return all(column is not None and column.type not in BTREE_TYPES and column.type != "jsonb" for column in columns)


def _index(table: Table, keys: Keys, method: str = "btree") -> NewIndex:
    return NewIndex(table.schema, table.name, _unturned(keys) if method == "btree" else keys, method=method)


def _unturned(keys: Keys) -> Keys:
    """Return keys that all go down as keys that go up: a btree is read in both directions."""
    if all(key.descending and key.nulls_first for key in keys):
        return tuple(replace(key, descending=False, nulls_first=False) for key in keys)
    return keys
