"""A page found by OFFSET → a page that begins after the last row seen.

The keys are those of ORDER BY, then what breaks ties: the primary key of each table that decides which rows come. All
in one direction and never null they are one row comparison, which an index answers by beginning at it; otherwise each
key is compared where those before it are equal.
"""

from dataclasses import dataclass
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.keyset_condition import OrderKey, after
from backend_architect.tune.rewrites.keyset_index import index_for
from backend_architect.tune.rewrites.model import CannotRewrite, Pages, Rewrite
from backend_architect.tune.rewrites.scope import FromSource, SelectSources, never_null, unique_keys
from backend_architect.tune.rewrites.shape import meant, outputs, refuse_changing_rows

CODE = "offset-page"
PAGE = 20
DESCENDING = enums.SortByDir.SORTBY_DESC
VOLATILE = {"random", "clock_timestamp", "gen_random_uuid", "uuidv4", "uuidv7", "nextval"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the page's statement is made of: the tree without its OFFSET, its keys, and where they stand in a row."""

    tree: Any
    keys: tuple[OrderKey, ...]
    given: int
    places: tuple[int, ...]


def keyset_page(tree: Any, catalog: Catalog) -> Rewrite:
    """Return the statement of the next page; raises CannotRewrite where the rows have no total order."""
    refuse_changing_rows(tree)
    scope = SelectSources(tree, catalog)
    given = _given_keys(tree, scope)
    keys = (*given, *_breaking_ties(scope, given))
    parts = _with_outputs(_renumbered(trees.with_parts(tree, limitOffset=None)), scope, keys, len(given))
    first = max(trees.parameters(parts.tree), default=0) + 1
    index = index_for(parts.tree, scope, parts.keys)
    return Rewrite(
        code=CODE,
        what="a page that begins after the last row seen",
        sql=trees.written(_next(parts, first, _limit(parts.tree))),
        notes=(*_notes(parts, first), *([index.note] if index.note else [])),
        trial=_trial(parts, first),
        indexes=(index.needed,) if index.needed else (),
    )


def _given_keys(tree: Any, scope: SelectSources) -> tuple[OrderKey, ...]:
    keys: list[OrderKey] = []
    for item in tree.sortClause or ():
        node = meant(tree, item.node)
        if item.useOp or any(True for _ in nodes(node, ast.ParamRef, ast.SubLink)):
            raise CannotRewrite("it is ordered by a parameter, a subquery or an operator of its own")
        if any(function_name(each) in VOLATILE for each in nodes(node, ast.FuncCall)):
            raise CannotRewrite("its order changes from one call to the next")
        descending = item.sortby_dir == DESCENDING
        nulls = item.sortby_nulls
        default = enums.SortByNulls.SORTBY_NULLS_DEFAULT
        nulls_first = descending if nulls == default else nulls == enums.SortByNulls.SORTBY_NULLS_FIRST
        keys.append(OrderKey(node, descending, nulls_first, _may_be_null(node, scope)))
    return tuple(keys)


def _may_be_null(node: Any, scope: SelectSources) -> bool:
    owner = scope.owner(node) if is_a(node, ast.ColumnRef) else None
    return owner is None or owner[0].optional or not owner[1].not_null


def _breaking_ties(scope: SelectSources, given: tuple[OrderKey, ...]) -> tuple[OrderKey, ...]:
    """Return the keys that must follow those of the order for no two rows to be equal."""
    owners = [scope.owner(key.node) for key in given if is_a(key.node, ast.ColumnRef)]
    ordered = [owner for owner in owners if owner]
    required = [each for each in scope.sources if not each.optional]
    first = next((source for source, _ in ordered if not source.optional), required[0])
    descending = given[-1].descending if given else False
    found: list[OrderKey] = []
    for source in scope.deciding(first):
        held = {own.name for each, own in ordered if each is source}
        missing = [name for name in _unique_key(scope, source, held) if name not in held]
        found += [
            OrderKey(scope.reference(source, name), descending, descending, may_be_null=False) for name in missing
        ]
    return tuple(found)


def _unique_key(scope: SelectSources, source: FromSource, held: set[str]) -> tuple[str, ...]:
    if source.optional:
        raise CannotRewrite(f"{source.alias} is joined by LEFT JOIN and may add several rows that no key distinguishes")
    keys = [key for key in unique_keys(scope.catalog, source.table) if never_null(source.table, key)]
    if not keys:
        raise CannotRewrite(f"{source.table.qualified} has no primary key that distinguishes rows of equal keys")
    return next((key for key in keys if set(key) <= held), keys[0])


def _renumbered(tree: Any) -> Any:
    """Return the tree with its parameters counted without a gap, now that the OFFSET's is gone."""
    return trees.renumbered(tree, {old: new for new, old in enumerate(trees.parameters(tree), 1)})


def _with_outputs(tree: Any, scope: SelectSources, keys: tuple[OrderKey, ...], given: int) -> _Parts:
    """Return the tree with every key among what it returns: the next page needs them."""
    shown = list(outputs(tree, scope))
    targets, places = list(tree.targetList or ()), []
    for number, key in enumerate(keys, 1):
        place = next((at for at, each in enumerate(shown) if each is not None and _says(each, key.node, scope)), None)
        if place is None:
            place = len(shown)
            shown.append(key.node)
            name = "" if is_a(key.node, ast.ColumnRef) else f"key_{number}"
            targets.append(trees.target(key.node, name))
        places.append(place)
    sort = tuple(_sort(key) for key in keys)
    return _Parts(trees.with_parts(tree, targetList=tuple(targets), sortClause=sort), keys, given, tuple(places))


def _says(one: Any, other: Any, scope: SelectSources) -> bool:
    if is_a(one, ast.ColumnRef) and is_a(other, ast.ColumnRef):
        mine, others = scope.owner(one), scope.owner(other)
        return mine is not None and others is not None and mine[0] is others[0] and mine[1] is others[1]
    return trees.same(one, other)


def _sort(key: OrderKey) -> ast.SortBy:
    directions = enums.SortByDir
    nulls = enums.SortByNulls
    how = nulls.SORTBY_NULLS_FIRST if key.nulls_first else nulls.SORTBY_NULLS_LAST
    return ast.SortBy(
        node=key.node,
        sortby_dir=directions.SORTBY_DESC if key.descending else directions.SORTBY_DEFAULT,
        sortby_nulls=nulls.SORTBY_NULLS_DEFAULT if key.nulls_first == key.descending else how,
    )


def _limit(tree: Any) -> Any:
    return tree.limitCount if tree.limitCount is not None else trees.number(PAGE)


def _next(parts: _Parts, first: int, limit: Any) -> Any:
    condition = after(parts.keys, first)
    return trees.limited(
        trees.with_parts(parts.tree, whereClause=trees.all_of(parts.tree.whereClause, condition)), limit
    )


def _notes(parts: _Parts, first: int) -> tuple[str, ...]:
    texts = [trees.plain(key.node) for key in parts.keys]
    last = first + len(texts) - 1
    numbers = f"${first}" if last == first else f"${first} to ${last}"
    notes = [f"{numbers}: {', '.join(texts)} of the last row of the page before; the first page has no such condition"]
    broken = texts[parts.given :]
    if broken:
        notes.append(f"{', '.join(broken)} breaks ties: without it rows of equal keys are lost between two pages")
    nullable = [name for name, key in zip(texts, parts.keys, strict=True) if key.may_be_null]
    if nullable:
        notes.append(
            f"{', '.join(nullable)} may be NULL, which no row comparison passes: hence the long condition, and no "
            "index begins at it; NOT NULL would make it one comparison"
        )
    return tuple(notes)


def _trial(parts: _Parts, first: int) -> Pages:
    given = trees.with_parts(parts.tree, sortClause=parts.tree.sortClause[: parts.given] or None)
    size = first + len(parts.keys)
    return Pages(
        whole=trees.written(trees.unlimited(given)),
        ordered=trees.written(trees.unlimited(parts.tree)),
        first=trees.written(trees.limited(parts.tree, trees.parameter(size))),
        after=trees.written(_next(parts, first, trees.parameter(size))),
        cursor=parts.places,
        keys=parts.given,
        parameter=first,
        size=size,
    )
