"""The arms of an OR that no index serves: an index for one arm alone is never used, as each arm may bring rows."""

from typing import Any

from pglast import ast, enums
from pglast.stream import RawStream

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import Block
from backend_architect.sql.conditions import indexes_on
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.tune.same_expression import is_indexed

AND, OR = enums.BoolExprType.AND_EXPR, enums.BoolExprType.OR_EXPR


def unserved_arm(condition: Any, wanted: Any, block: Block, source: str, catalog: Catalog) -> str:
    """Return an arm beside `wanted` that no index of the source serves, as SQL; '' where there is none.

    Arms that search through a text as `wanted` does count as served: they get their own index.
    """
    if not is_a(condition, ast.BoolExpr):
        return ""
    own = [arm for arm in condition.args if any(each is wanted for each in nodes(arm, ast.A_Expr))]
    if not own:
        return ""
    if condition.boolop == OR:
        others = (arm for arm in condition.args if arm is not own[0])
        bare = next((arm for arm in others if not _is_served(arm, block, source, catalog)), None)
        if bare is not None:
            return str(RawStream()(bare))
    return unserved_arm(own[0], wanted, block, source, catalog)


def _is_served(arm: Any, block: Block, source: str, catalog: Catalog) -> bool:
    if is_a(arm, ast.BoolExpr) and arm.boolop in {AND, OR}:
        served = [_is_served(each, block, source, catalog) for each in arm.args]
        return any(served) if arm.boolop == AND else all(served)
    if is_a(arm, ast.SubLink) or any(True for _ in nodes(arm, ast.SubLink)):
        return False
    sides = (arm.lexpr, arm.rexpr) if is_a(arm, ast.A_Expr) else (arm.arg,) if is_a(arm, ast.NullTest) else ()
    return any(_is_indexed(side, block, source, catalog) for side in sides) or _searches(arm)


def _is_indexed(side: Any, block: Block, source: str, catalog: Catalog) -> bool:
    owners = {block.owner(each) for each in nodes(side, ast.ColumnRef)} if side is not None else set()
    owner = next(iter(owners)) if len(owners) == 1 else None
    table = owner[0].sources[owner[1]] if owner and owner[0] is block and owner[1] == source else None
    if owner is None or table is None:
        return False
    if is_a(side, ast.ColumnRef):
        return bool(indexes_on(catalog, table, owner[2]))
    return is_indexed(catalog, table, side)


def _searches(arm: Any) -> bool:
    kinds = {enums.A_Expr_Kind.AEXPR_LIKE, enums.A_Expr_Kind.AEXPR_ILIKE}
    return is_a(arm, ast.A_Expr) and (arm.kind in kinds or arm.name[-1].sval in {"~", "~*"})
