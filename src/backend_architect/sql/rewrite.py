"""Parse trees changed from the leaves up."""

from collections.abc import Callable, Iterator
from typing import Any

from pglast import ast

Change = Callable[[Any], Any]


def rewrite(node: Any, change: Change) -> Any:
    """Return a tree in which `change` has replaced every node, the inner ones first. The tree itself is used up."""
    if isinstance(node, tuple):
        changed_parts = tuple(rewrite(each, change) for each in node)
        same = all(one is other for one, other in zip(node, changed_parts, strict=True))
        return node if same else changed_parts
    if not isinstance(node, ast.Node):
        return node
    for name in node:
        value = getattr(node, name)
        if isinstance(value, (tuple, ast.Node)):
            changed = rewrite(value, change)
            if changed is not value:
                setattr(node, name, changed)
    return change(node)


def copied(node: Any) -> Any:
    """Return a copy of a tree, of which nothing is shared."""
    if isinstance(node, tuple):
        return tuple(copied(each) for each in node)
    if not isinstance(node, ast.Node):
        return node
    return type(node)(**{name: copied(getattr(node, name)) for name in node})


def within(node: Any, *kinds: type) -> Iterator[Any]:
    """Yield every node of these kinds at and below a part of a tree, which may be nothing or a tuple."""
    if isinstance(node, tuple):
        for each in node:
            yield from within(each, *kinds)
    elif isinstance(node, ast.Node):
        if isinstance(node, kinds):
            yield node
        for name in node:
            value = getattr(node, name)
            if isinstance(value, (tuple, ast.Node)):
                yield from within(value, *kinds)
