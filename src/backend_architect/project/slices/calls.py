"""Who a route lets in, and with what its statement's function is called."""

from sqlglot import exp

from backend_architect.design.expressions import taken_row
from backend_architect.design.model import Entity
from backend_architect.design.routes import Route
from backend_architect.design.rule_evaluation import needs_caller
from backend_architect.queries.resolved import ResolvedDesign, is_signed_in


def rule_of(route: Route) -> str:
    """Return the rule that a route stands under, as the design writes it."""
    return route.rule


def asks_for_caller(resolved: ResolvedDesign, route: Route) -> bool:
    """Return whether the route is only for those who have signed in."""
    if resolved.design.auth is None:
        return False
    row = None if route.list or route.is_of_collection else route.row
    if route.list and route.list.where and needs_caller(resolved.design, route.row, route.list.where):
        return True
    takes = taken_row(route.row, route.action) if route.action and isinstance(route.row, Entity) else None
    return needs_caller(resolved.design, row, rule_of(route), takes)


def role_test(resolved: ResolvedDesign, route: Route) -> str | None:
    """Return the Python test for the roles that a route without a row is open to, or None where none is needed."""
    if not route.list and not route.is_of_collection:
        return None
    tree = resolved.rule(None, rule_of(route))
    return _python(tree) if tree.find(exp.Placeholder) and _python(tree) != "True" else None


def _python(tree: exp.Expr) -> str:
    if isinstance(tree, exp.Paren):
        return f"({_python(tree.this)})"
    if isinstance(tree, exp.And | exp.Or):
        word, neutral = ("and", "True") if isinstance(tree, exp.And) else ("or", "False")
        sides = [text for text in (_python(tree.left), _python(tree.right)) if text != neutral]
        if not sides:
            return neutral
        return "True" if "True" in sides and word == "or" else f" {word} ".join(sides)
    if isinstance(tree, exp.Placeholder):
        return f'me.has("{tree.name.removeprefix("is_")}")'
    if is_signed_in(tree):
        return "True"
    if isinstance(tree, exp.Not):
        return f"not {_python(tree.this)}"
    return "True" if isinstance(tree, exp.Boolean) and tree.this else "False"
