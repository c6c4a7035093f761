"""A finding's code and statement → the rewrites that fix it, each still to be checked by running it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a
from backend_architect.sql.statement_facts import select_of, tree_of
from backend_architect.tune.rewrites import batch, bounded_count, joined, keyset, not_exists, ranges, union_all
from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, RewriteRefusal

Rewriter = Callable[[Any, Catalog], Rewrite]
REWRITERS: Mapping[str, Rewriter] = {
    bounded_count.CODE: bounded_count.bounded_count,
    batch.CODE: batch.batched_lookup,
    keyset.CODE: keyset.keyset_page,
    not_exists.CODE: not_exists.not_exists,
    ranges.CODE: ranges.column_range,
    union_all.CODE: union_all.union_all,
}
"""What fixes the findings of a code; a lookup is joined into its list besides."""
ONLY_SELECT = {bounded_count.CODE, batch.CODE, keyset.CODE, union_all.CODE}


def rewrite(code: str, text: str, catalog: Catalog, *, listed: str = "") -> tuple[Rewrite | RewriteRefusal, ...]:
    """Return the rewrites of a statement for a finding of this code; none for a code that no rewrite fixes.

    `listed` is the statement for whose rows `text` looks something up.
    """
    return tuple(_all(code, text, catalog, listed))


def _all(code: str, text: str, catalog: Catalog, listed: str) -> Iterator[Rewrite | RewriteRefusal]:
    make = REWRITERS.get(code)
    if make is None:
        return
    tree = tree_of(text)
    if tree is None or (code in ONLY_SELECT and select_of(text) is None):
        yield RewriteRefusal(code, "it is no plain SELECT")
        return
    outer = select_of(listed) if listed else None
    if is_a(outer, ast.SelectStmt):
        yield _tried(code, lambda: joined.joined_list(outer, tree, catalog))
    yield _tried(code, lambda: make(tree, catalog))


def _tried(code: str, make: Callable[[], Rewrite]) -> Rewrite | RewriteRefusal:
    try:
        return make()
    except CannotRewrite as error:
        return RewriteRefusal(code, str(error))
