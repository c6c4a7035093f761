"""What an expression may be made of: each node of the SQL parser's tree, with the arguments that are understood.

The parser declares what a node may carry (`arg_types`). Each argument is either understood or refused here, and the two
together are exactly the declaration: a release of the parser that says something in another way is an error at once.
"""

from collections.abc import Mapping
from importlib.metadata import version

from sqlglot import exp

from backend_architect.errors import ArchitectError, Problem

TESTED = "30.30.0"
"""The release of the parser that this page was written for."""

_QUERY = (
    "with_ match laterals joins connect pivots prewhere group having qualify windows distribute sort cluster order "
    "limit offset locks sample settings format options for_"
)
_PLACE = (
    "laterals joins pivots hints system_time version format pattern ordinality when only partition changes rows_from"
)

GRAMMAR: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.Column: ("this table db catalog", "join_mark shadow"),
    exp.Identifier: ("this", "quoted global_ temporary"),
    exp.Paren: ("this", ""),
    exp.And: ("this expression", ""),
    exp.Or: ("this expression", ""),
    exp.Not: ("this", ""),
    exp.EQ: ("this expression", ""),
    exp.NEQ: ("this expression", ""),
    exp.GT: ("this expression", ""),
    exp.GTE: ("this expression", ""),
    exp.LT: ("this expression", ""),
    exp.LTE: ("this expression", ""),
    exp.Between: ("this low high symmetric", ""),
    exp.Is: ("this expression negate", ""),
    exp.In: ("this expressions query", "unnest field is_global"),
    exp.Exists: ("this", "expression"),
    exp.Subquery: ("this", f"alias where {_QUERY}"),
    exp.Select: ("expressions from_ where", f"kind hint distinct into operation_modifiers exclude {_QUERY}"),
    exp.From: ("this", ""),
    exp.Where: ("this", ""),
    exp.Table: ("this", f"alias db catalog indexed sample {_PLACE}"),
    exp.Literal: ("this is_string", ""),
    exp.Boolean: ("this", ""),
    exp.Null: ("", ""),
    exp.Interval: ("this unit", "fraction_in_string"),
    exp.Var: ("this", ""),
    exp.CurrentTimestamp: ("", "this sysdate"),
    exp.CurrentDate: ("", "this"),
    exp.Add: ("this expression", ""),
    exp.Sub: ("this expression", ""),
    exp.Mul: ("this expression", ""),
    exp.Div: ("this expression typed", "safe"),
    exp.Neg: ("this", ""),
    exp.Abs: ("this", ""),
    exp.Lower: ("this", ""),
    exp.Upper: ("this", ""),
    exp.Length: ("this", "binary encoding"),
    exp.Like: ("this expression negate", ""),
    exp.ILike: ("this expression negate", ""),
    exp.Coalesce: ("this expressions", "is_nvl is_null"),
    exp.Greatest: ("this expressions ignore_nulls", ""),
    exp.Least: ("this expressions ignore_nulls", ""),
    exp.Count: ("this big_int", "expressions"),
    exp.Star: ("", "except_ replace rename ilike"),
    exp.Sum: ("this", ""),
    exp.Min: ("this", "expressions count"),
    exp.Max: ("this", "expressions count"),
    exp.Avg: ("this", ""),
    exp.Case: ("ifs default", "this"),
    exp.If: ("this true", "false"),
}
"""Each node with its arguments: those that are understood, and those that are refused."""


def undeclared() -> list[str]:
    """Return where the parser's declaration and this page differ: `Is: negate`."""
    found = []
    for kind, (understood, refused) in GRAMMAR.items():
        here = {*understood.split(), *refused.split()}
        found += [f"{kind.__name__}: {name}" for name in sorted(here ^ set(kind.arg_types))]
    return found


def not_understood(tree: exp.Expr) -> tuple[exp.Expr, str] | None:
    """Return the first node that is not in the grammar, with the argument that is not (empty for the node itself)."""
    for node in tree.walk():
        if type(node) not in GRAMMAR:
            return node, ""
        understood = GRAMMAR[type(node)][0].split()
        for name, value in node.args.items():
            if value and name not in understood:
                return node, name
    return None


def rebuilt(node: exp.Expr, **parts: exp.Expr | list[exp.Expr] | None) -> exp.Expr:
    """Return a node of the same kind with other parts; what is no part, such as `negate`, is carried over.

    Raises AssertionError where a part of `node` is not among `parts`: it would be lost.
    """
    plain = {name: value for name, value in node.args.items() if not _holds_nodes(value)}
    lost = {name for name, value in node.args.items() if _holds_nodes(value)} - parts.keys()
    assert not lost, f"{type(node).__name__} would lose {', '.join(sorted(lost))}"
    return type(node)(**{**plain, **parts})


def _holds_nodes(value: object) -> bool:
    return isinstance(value, exp.Expr) or (isinstance(value, list) and bool(value))


def _ensure_declared() -> None:
    differences = undeclared()
    if differences:
        release = f"sqlglot {version('sqlglot')}"
        message = f"{release} declares what this version does not know: {', '.join(differences)}"
        raise ArchitectError(
            Problem("unknown-parser", message, f"install sqlglot {TESTED}: pip install 'sqlglot=={TESTED}'")
        )


_ensure_declared()
