"""Computed values that rest on who looks, in rows that are kept for everybody."""

from sqlglot import exp

from backend_architect.design.expressions import resolve_value
from backend_architect.design.model import Design, Entity


def unknown_to_nobody(design: Design, entity: Entity) -> frozenset[str]:
    """Return the computed values that are null where nobody has signed in: a cached list is made so, for all who ask.

    They would be false or 0 otherwise, which is no answer for those who did like the post.
    """
    if not any(spec.cache_seconds for spec in design.lists if spec.of == entity.name):
        return frozenset()
    trees = {name: resolve_value(design, entity, each.sql).sql for name, each in entity.computed.items()}
    return frozenset(name for name, tree in trees.items() if tree.find(exp.Placeholder))
