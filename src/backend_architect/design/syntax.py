"""The SQL of expressions as a tree: parsed, folded, taken apart; nothing here knows the design."""

import logging
from functools import lru_cache

import sqlglot
from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError

from backend_architect.design.grammar import not_understood
from backend_architect.design.parser_agreement import misread
from backend_architect.design.printing import sql_text

logging.getLogger("sqlglot").setLevel(logging.ERROR)

MAX_LENGTH = 2_000


ALLOWED = (
    "use and, or, not, comparisons, is, in, between, like, + - * /, case, coalesce, greatest, least, lower, upper, "
    "length, abs, now(), current_date, interval, subqueries, and in these count, sum, min, max, avg"
)


class ExpressionError(Exception):
    """An expression that cannot be used, with the fix where one is known, and a stable code."""

    def __init__(self, message: str, fix: str = "", code: str = "wrong-expression") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code


def parse(text: str) -> exp.Expr:
    """Return the syntax tree of one SQL expression, or raise `ExpressionError`."""
    return _parsed(text).copy()


@lru_cache(maxsize=4_096)  # a rule is read for each action, list and warning that it stands in
def _parsed(text: str) -> exp.Expr:
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError("an expression is missing", "write a rule such as `author = me`, or `anyone`")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters", "name its parts as rules")
    if "--" in text or "/*" in text or ";" in text:
        raise ExpressionError(
            "comments and `;` are not allowed in an expression", "use a YAML comment: # …", "forbidden-sql"
        )
    try:
        trees = _trees(text)
    except RecursionError:
        raise ExpressionError("the expression is too deeply nested", "name its parts as rules") from None
    except SqlglotError as error:
        raise ExpressionError(f"this is not an SQL expression: {_first_line(error)}") from None
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("this must be one SQL expression")
    return _understood(text, trees[0])


def _understood(text: str, tree: exp.Expr) -> exp.Expr:
    """Return the tree if all of it is in the grammar, and PostgreSQL's own parser reads the text in the same way."""
    for name in tree.find_all(exp.Identifier):
        if name.args.get("quoted"):
            raise ExpressionError(f"`{shorten(name)}`: write names without quotes", "texts stand in 'single quotes'")
        name.set("this", name.name.lower())
    unknown = not_understood(tree)
    if unknown:
        node, argument = unknown
        if isinstance(node, exp.Query | exp.Table):
            fix = "no join, alias, order, limit or second table"
            message = f"`{shorten(node)}`: a subquery is `select … from <plural> where …`"
            raise ExpressionError(message, fix, "wrong-subquery")
        message = f"`{shorten(node)}` is not allowed in a rule"
        if argument:
            message = f"`{shorten(node)}` is not allowed in a rule: {_SAID.get(argument, argument.strip('_'))}"
        raise ExpressionError(message, ALLOWED, "forbidden-sql")
    different = misread(text, tree)
    if different:
        raise ExpressionError(f"this is not an SQL expression: {different}", "use brackets, or write it more plainly")
    return tree


_SAID = {"with_": "with", "for_": "for", "this": "its argument", "expressions": "several arguments"}


def _trees(text: str) -> list[exp.Expr | None]:
    """Return the text read as a condition, in which `comment.visible` is a name and not the statement COMMENT."""
    try:
        return Dialect.get_or_raise("postgres").parse_into(exp.Condition, text)
    except SqlglotError:
        return sqlglot.parse(text, dialect="postgres")  # says what is wrong in plainer words


def fold(tree: exp.Expr) -> exp.Expr:
    """Return the boolean tree without the parts that TRUE and FALSE decide."""
    if isinstance(tree, exp.Paren):
        inner = fold(tree.this)
        return exp.Paren(this=inner) if isinstance(inner, exp.And | exp.Or) else inner
    if isinstance(tree, exp.Not):
        inner = fold(tree.this)
        return exp.Boolean(this=not inner.this) if isinstance(inner, exp.Boolean) else exp.Not(this=inner)
    if isinstance(tree, exp.And | exp.Or):
        left, right = fold(tree.left), fold(tree.right)
        decides = isinstance(tree, exp.Or)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, exp.Boolean):
                return exp.Boolean(this=decides) if bool(one.this) is decides else other
        return type(tree)(this=left, expression=right)
    return tree


def conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    """Return the parts of a tree that are joined by AND at its top."""
    tree = tree.unnest()
    return [*conjuncts(tree.left), *conjuncts(tree.right)] if isinstance(tree, exp.And) else [tree]


def shorten(node: exp.Expr) -> str:
    """Return the start of an expression, for a message."""
    text = sql_text(node)
    return text if len(text) <= 60 else text[:57] + "…"


def _first_line(error: BaseException) -> str:
    details = getattr(error, "errors", None)
    if details:
        first = details[0]
        return (
            f"{str(first['description']).split(' but got')[0].split('for <')[0].strip()}, near `{first['highlight']}`"
        )
    return str(error).splitlines()[0]
