"""Which references stay few for each row that they point at: those that only its owner, or a role, makes."""

from sqlglot import exp

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Design, Field, Row
from backend_architect.design.syntax import conjuncts


def is_private(design: Design, row: Row, field: Field) -> bool:
    """Return whether nobody but the owner of the row that `field` points at, or a role, makes such rows.

    An order's lines come from the customer who placed it: no order becomes popular. A post's likes come from anyone.
    """
    if field.set or field.to == (design.account.name if design.account else ""):
        return False
    parts = conjuncts(resolve_rule(design, row, row.allow.get("create", "nobody"), alias="new"))
    return any(_asks_for_a_role(part) or _is_owners(part, field) for part in parts)


def _asks_for_a_role(part: exp.Expr) -> bool:
    return isinstance(part, exp.Placeholder) and part.name != "me"


def _is_owners(part: exp.Expr, field: Field) -> bool:
    """Return whether a condition holds for the caller's own row at the other end of `field` only."""
    if not isinstance(part, exp.Exists) or part.meta.get("hop", ("", "", ""))[1] != field.name:
        return False
    where = part.this.args.get("where")
    return where is not None and any(_compares_me(each) for each in conjuncts(where.this))


def _compares_me(part: exp.Expr) -> bool:
    sides = (part.this, part.expression) if isinstance(part, exp.EQ) else ()
    return any(isinstance(side, exp.Placeholder) and side.name == "me" for side in sides)
