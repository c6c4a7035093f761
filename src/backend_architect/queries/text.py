"""SQL as text that people read: short conditions on one line, long ones taken apart; parameters numbered."""

from collections.abc import Sequence

from sqlglot import exp

from backend_architect.design.parser_agreement import means
from backend_architect.design.printing import sql_text, with_brackets
from backend_architect.queries.model import Param

WIDTH = 88
"""Characters a condition may take on one line."""
LAST_COLUMN = 112
"""Where a condition far to the right ends at the latest: with the word before it, no line is longer than 120."""


class StatementText:
    """Numbers the parameters of one statement while its text is written; the viewer's come first."""

    def __init__(self, viewer: Sequence[str] = ()) -> None:
        self.params: list[Param] = []
        for name in viewer:
            self.viewer(name)

    def viewer(self, name: str) -> str:
        """Return the parameter for `me` or `is_<role>`."""
        source = "me.id" if name == "me" else f'me.has("{name.removeprefix("is_")}")'
        return self.value(name, source)

    def value(self, name: str, source: str) -> str:
        """Return the parameter (`$3`) that `source` fills, one for each name; no source means one that is there.

        The same name from another source is another parameter: a field `is_moderator` is not the caller's role.
        """
        for number, param in enumerate(self.params, 1):
            if param.name == name and source in {param.source, ""}:
                return f"${number}"
        self.params.append(Param(name, source))
        return f"${len(self.params)}"

    def rule(self, tree: exp.Expr, indent: int = 0) -> str:
        """Return a condition as text, its further lines indented by `indent` spaces."""
        numbered = with_brackets(self._numbered(tree))
        text = ("\n" + " " * indent).join(lines(numbered, indent))
        assert means(text, numbered), f"{text} does not say {numbered.sql('postgres')}"
        return text

    def _numbered(self, tree: exp.Expr) -> exp.Expr:
        def number(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Placeholder):
                return node
            cast = "" if _has_its_type(node) else "::uuid" if node.name == "me" else "::boolean"
            return exp.Var(this=self.viewer(node.name) + cast)

        return tree.copy().transform(number)


def _has_its_type(node: exp.Expr) -> bool:
    """Return whether PostgreSQL knows the type of a parameter from what stands around it."""
    inner, around = node, node.parent
    while isinstance(around, exp.Paren):
        inner, around = around, around.parent
    if node.name != "me":
        logic = around is None or isinstance(around, exp.And | exp.Or | exp.Not | exp.Where)
        truth = isinstance(around, exp.Is) and isinstance(around.expression, exp.Boolean)
        return logic or truth or (isinstance(around, exp.If) and inner.arg_key == "this")
    compared = isinstance(around, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.In | exp.Between)
    return compared and around is not None and around.find(exp.Column) is not None


def listed(parts: Sequence[str], indent: int) -> str:
    """Return the parts joined by commas, several on a line; further lines are indented by `indent` spaces."""
    found: list[str] = []
    for part in parts:
        if found and "\n" not in found[-1] + part and len(found[-1]) + len(part) < WIDTH:
            found[-1] += f", {part}"
        else:
            found.append(part)
    return (",\n" + " " * indent).join(found)


def placeholders(tree: exp.Expr) -> list[str]:
    """Return the viewer's parameters that a condition uses, `me` first."""
    names = {node.name for node in tree.find_all(exp.Placeholder)}
    return sorted(names, key=lambda name: (name != "me", name))


def looked_up(tree: exp.Expr) -> exp.Expr:
    """Return a rule in which a related row within an OR is looked up by its id, for the rows that are read alone.

    PostgreSQL would otherwise weigh a hash of the whole related table, and takes it where a list has many rows, however
    few of them a page reads. `OFFSET 0` rules that out. Outside of an OR it makes a join, which is better still.
    """
    for found in tree.find_all(exp.Exists):
        in_or = isinstance(found.find_ancestor(exp.Or, exp.Select), exp.Or)
        if "hop" in found.meta and in_or and isinstance(found.this, exp.Select):
            found.this.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    return tree


def lines(tree: exp.Expr, column: int = 0) -> list[str]:
    """Return an SQL condition as lines that begin at `column`: one where it fits, else one for each part."""
    text = inline(tree)
    if len(text) <= min(WIDTH, LAST_COLUMN - column):
        return [text]
    if isinstance(tree, exp.Paren):
        return ["(", *_indented(lines(tree.this, column + 4)), ")"]
    if isinstance(tree, exp.And | exp.Or):
        return _joined(tree, column)
    if isinstance(tree, exp.Exists):
        return ["EXISTS (", *_indented(_select(tree.this, column + 4)), ")"]
    if isinstance(tree, exp.Subquery):
        return ["(", *_indented(_select(tree.this, column + 4)), ")"]
    if isinstance(tree, exp.Not):
        first, *rest = lines(tree.this, column)
        return [f"NOT {first}", *rest]
    if isinstance(tree, exp.Binary) and isinstance(tree.right, exp.Subquery):
        return [f"{text.removesuffix(inline(tree.right))}(", *_indented(_select(tree.right.this, column + 4)), ")"]
    if isinstance(tree, exp.Binary) and isinstance(tree.left, exp.Subquery):
        return ["(", *_indented(_select(tree.left.this, column + 4)), ")" + text.removeprefix(inline(tree.left))]
    if isinstance(tree, exp.In) and tree.args.get("query"):
        start = text.removesuffix(inline(tree.args["query"]))  # with the brackets that its left side needs
        return [f"{start}(", *_indented(_select(tree.args["query"].this, column + 4)), ")"]
    return [text]


def inline(tree: exp.Expr) -> str:
    """Return an SQL expression on one line."""
    return sql_text(tree)


def _joined(tree: exp.And | exp.Or, column: int) -> list[str]:
    word = "AND" if isinstance(tree, exp.And) else "OR"
    result: list[str] = []
    for number, part in enumerate(tree.flatten(unnest=False)):
        first, *rest = lines(part, column)
        result += [f"{word} {first}" if number else first, *rest]
    return result


def _select(query: exp.Expr, column: int) -> list[str]:
    values = ", ".join(inline(value) for value in query.expressions)
    first, *rest = lines(query.args["where"].this, column + 4)
    last = [query.args["offset"]] if query.args.get("offset") else query.args.get("locks") or []
    tail = [inline(part).strip() for part in last]
    return [f"SELECT {values}", f"FROM {inline(query.args['from_'].this)}", f"WHERE {first}", *_indented(rest), *tail]


def _indented(texts: list[str]) -> list[str]:
    return [f"    {text}" for text in texts]
