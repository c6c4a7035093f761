"""LIKE with a parameter: without its pattern the planner cannot tell whether an index serves it."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from pglast import ast

from backend_architect.tune.plannable.syntax import LIKES, function_of, literal, number_of, operator_of, parameters_in

LETTERS = 3
UNKNOWN = "abc"
Sample = Callable[[Any], str | None]


def with_patterns(node: Any, examples: Mapping[int, str], sample: Sample) -> Any:
    """Return one node with a pattern of the application's, else one of the column's own beginnings."""
    if not isinstance(node, ast.A_Expr) or node.kind not in LIKES or not parameters_in(node.rexpr):
        return node
    known = _known(node.rexpr, examples)
    beginning = _escaped((sample(node.lexpr) or UNKNOWN)[:LETTERS])
    node.rexpr = literal(known if known is not None else _like(node.rexpr, beginning))
    return node


def _known(pattern: Any, examples: Mapping[int, str]) -> str | None:
    """Return a pattern as the application gave it, None where it is not wholly known."""
    inner = _unwrapped(pattern)
    if number_of(inner):
        return examples.get(number_of(inner))
    if isinstance(inner, ast.A_Const) and isinstance(inner.val, ast.String):
        return str(inner.val.sval)
    if operator_of(inner) == "||":
        parts = [_known(inner.lexpr, examples), _known(inner.rexpr, examples)]
        return "".join(filter(None, parts)) if None not in parts else None
    return None


def _like(pattern: Any, beginning: str) -> str:
    """Return a pattern of the same form: `$2 || $1 || $3` had wildcards on both sides, `$1 || $2` one at the end.

    The constants of a statement have higher numbers than what the application gives.
    """
    parts = _parts(_unwrapped(pattern))
    if len(parts) == 1:
        return f"{beginning}%"
    numbers = [number_of(each) or math.inf for each in parts]
    in_the_middle = len(parts) > 2 and isinstance(parts[1], ast.ParamRef)
    value = 1 if in_the_middle else numbers.index(min(numbers))
    texts = (_constant(each) or "%" for each in parts)
    return "".join(beginning if place == value else text for place, text in enumerate(texts))


def _parts(pattern: Any) -> list[Any]:
    if operator_of(pattern) == "||":
        return [*_parts(_unwrapped(pattern.lexpr)), *_parts(_unwrapped(pattern.rexpr))]
    return [pattern]


def _constant(node: Any) -> str | None:
    return str(node.val.sval) if isinstance(node, ast.A_Const) and isinstance(node.val, ast.String) else None


def _unwrapped(node: Any) -> Any:
    """Return a pattern without its cast, `lower(…)` and ESCAPE."""
    while isinstance(node, ast.TypeCast) or function_of(node) in {"like_escape", "lower", "upper"}:
        node = node.arg if isinstance(node, ast.TypeCast) else node.args[0]
    return node


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "%_\\" else letter for letter in text)
