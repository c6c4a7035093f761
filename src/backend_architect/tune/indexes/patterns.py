"""Conditions that no ordinary index serves: patterns, words, containment. Each wants a kind of index of its own."""

from dataclasses import dataclass
from typing import Any

from pglast import ast, enums

from backend_architect.sql.blocks import Block
from backend_architect.sql.parsing import is_a
from backend_architect.tune.indexes.expressions import key_of
from backend_architect.tune.indexes.model import NewKey

KIND = enums.A_Expr_Kind
WILD = {"%", "_"}
SHORTEST = 3  # letters in a row, below which trigrams find nothing
REGULAR = {"~", "~*"}
OVERLAPS = {"@>", "<@", "&&", "?", "?|", "?&", "@?", "@@"}


@dataclass(frozen=True, slots=True)
class SearchedKey:
    """A key that is searched through, with the operator class that serves it ('' for its type's default)."""

    key: NewKey
    method: str
    opclass: str


def prefix_of(condition: Any, block: Block, source: str) -> list[NewKey]:
    """Return the key of a LIKE whose pattern begins with letters; a collation other than C needs pattern order."""
    if not _is_like(condition, KIND.AEXPR_LIKE) or _pattern(condition.rexpr)[:1] in {"", *WILD}:
        return []
    key = key_of(condition.lexpr, block, source)
    return [NewKey(key.column, key.expression, opclass="text_pattern_ops")] if key else []


def searched(condition: Any, block: Block, source: str) -> list[SearchedKey]:
    """Return what a condition searches through."""
    if not is_a(condition, ast.A_Expr):
        return []
    operator = condition.name[-1].sval
    if _is_anywhere(condition) or (condition.kind == KIND.AEXPR_OP and operator in REGULAR):
        key = key_of(condition.lexpr, block, source)
        return [SearchedKey(key, "gin", "gin_trgm_ops")] if key else []
    if condition.kind == KIND.AEXPR_OP and operator in OVERLAPS:
        sides = [(condition.lexpr, operator)]
        sides += [(condition.rexpr, operator)] if operator in {"@@", "&&", "<@"} else []
        return [each for side, how in sides for each in _contained(side, how, block, source)]
    if condition.kind == KIND.AEXPR_OP_ANY and operator == "=":  # $1 = ANY (tags)
        key = key_of(condition.rexpr, block, source)
        return [SearchedKey(key, "gin", "")] if key and _type(key, block, source).endswith("[]") else []
    return []


def _contained(side: Any, operator: str, block: Block, source: str) -> list[SearchedKey]:
    key = key_of(side, block, source)
    if key is None:
        return []
    kind = _type(key, block, source)
    if kind == "jsonb" and operator in {"@>", "@?", "@@"}:
        return [SearchedKey(key, "gin", "jsonb_path_ops"), SearchedKey(key, "gin", "")]
    if kind in {"jsonb", "tsvector"} or kind.endswith("[]"):
        return [SearchedKey(key, "gin", "")]
    if kind.endswith("range"):
        return [SearchedKey(key, "gist", "")]
    return [SearchedKey(key, "gin", "")] if key.expression and operator in {"@@", "@>", "&&"} else []


def _type(key: NewKey, block: Block, source: str) -> str:
    table = block.sources[source]
    column = table.column(key.column) if table and key.column else None
    return column.type if column else ""


def _is_like(condition: Any, kind: enums.A_Expr_Kind) -> bool:
    return is_a(condition, ast.A_Expr) and condition.kind == kind and not condition.name[-1].sval.startswith("!")


def _is_anywhere(condition: Any) -> bool:
    """Return whether letters are looked for anywhere in a text; of a parameter's pattern that is not known."""
    if _is_like(condition, KIND.AEXPR_ILIKE):
        return _longest(_pattern(condition.rexpr)) >= SHORTEST or not is_a(condition.rexpr, ast.A_Const)
    if not _is_like(condition, KIND.AEXPR_LIKE):
        return False
    pattern = _pattern(condition.rexpr)
    return pattern[:1] in WILD and _longest(pattern) >= SHORTEST


def _longest(pattern: str) -> int:
    for wild in WILD:
        pattern = pattern.replace(wild, " ")
    return max(map(len, pattern.split(" ")), default=0)


def _pattern(node: Any) -> str:
    """Return the pattern as far as the statement writes it; `'%' || $1 || '%'` is taken for one of three letters."""
    if is_a(node, ast.TypeCast):
        return _pattern(node.arg)
    if is_a(node, ast.A_Const) and is_a(node.val, ast.String):
        return str(node.val.sval)
    if is_a(node, ast.A_Expr) and node.name[-1].sval == "||":
        return _pattern(node.lexpr) + (_pattern(node.rexpr) or "abc")
    return "abc" if is_a(node, ast.FuncCall) else ""
