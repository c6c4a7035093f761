"""A parsed CREATE INDEX → the index that it would make."""

from typing import Any

from pglast import enums
from pglast.stream import RawStream

from backend_architect.tune.indexes.model import NewIndex, NewKey


def read_index(tree: Any) -> NewIndex:
    """Return the index of an IndexStmt, under the name that we give it."""
    return NewIndex(
        schema=tree.relation.schemaname or "public",
        table=tree.relation.relname,
        keys=tuple(_key(each) for each in tree.indexParams),
        included=tuple(each.name for each in tree.indexIncludingParams or ()),
        predicate=RawStream()(tree.whereClause) if tree.whereClause else "",
        method=tree.accessMethod or "btree",
    )


def _key(element: Any) -> NewKey:
    descending = element.ordering == enums.SortByDir.SORTBY_DESC
    by_default = element.nulls_ordering == enums.SortByNulls.SORTBY_NULLS_DEFAULT
    first = descending if by_default else element.nulls_ordering == enums.SortByNulls.SORTBY_NULLS_FIRST
    return NewKey(
        column=element.name or "",
        expression="" if element.name else RawStream()(element.expr),
        opclass=".".join(part.sval for part in element.opclass or ()),
        descending=descending,
        nulls_first=first,
    )
