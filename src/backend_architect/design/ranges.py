"""Fields that belong together as a beginning and an end."""

from sqlglot import exp

from backend_architect.design.model import Entity, FieldType, Row
from backend_architect.design.syntax import parse


def ranges_of(row: Row) -> dict[str, str]:
    """Return the beginning of each end: from `no_overlap`, and from constraints such as `ends_at > starts_at`."""
    if not isinstance(row, Entity):
        return {}
    found = {row.no_overlap.end: row.no_overlap.start} if row.no_overlap else {}
    for text in row.constraints.values():
        tree = parse(text)
        if isinstance(tree, exp.GT | exp.GTE | exp.LT | exp.LTE):
            names = [side.name for side in (tree.this, tree.expression) if isinstance(side, exp.Column)]
            if len(names) != 2:
                continue
            later, earlier = names if isinstance(tree, exp.GT | exp.GTE) else names[::-1]
            if row.fields[later].type in {FieldType.DATE, FieldType.TIMESTAMP}:
                found.setdefault(later, earlier)
    return found


def in_ranges(row: Row) -> set[str]:
    """Return the fields that are a beginning or an end."""
    pairs = ranges_of(row)
    return {*pairs, *pairs.values()}
