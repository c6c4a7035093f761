"""A rule's text with its names replaced, and everything else left to PostgreSQL as it stands."""

from collections.abc import Iterator, Sequence

from backend_architect.design.model import Design, Row
from backend_architect.oracle.scopes import THIS, Names, RowScope, here, inner_scope, own_scope, quoted
from backend_architect.oracle.tokens import OracleError, RuleToken, tokens_of

WORDS = frozenset(
    (
        *("and", "or", "not", "is", "null", "true", "false", "unknown", "distinct", "in", "like", "ilike", "escape"),
        *("between", "symmetric", "asymmetric", "exists", "case", "when", "then", "else", "end"),
        *("select", "from", "where", "current_date", "current_timestamp"),
    )
)
"""The words of PostgreSQL's grammar that a rule may hold."""
FUNCTIONS = frozenset(
    (
        *("abs", "lower", "upper", "length", "coalesce", "greatest", "least", "now"),
        *("count", "sum", "min", "max", "avg"),
    )
)
"""The functions that a rule may call."""


def expression_sql(
    design: Design, row: Row | None, text: str, names: Names | None = None, taken: tuple[RowScope, ...] = ()
) -> str:
    """Return a rule's text as SQL over the row `"~this"`; `row` is None for a rule of the caller alone.

    `taken` is the row of what an action takes, where the rule is one of an action.
    """
    scopes = (*taken, own_scope(row)) if row else ()
    return " ".join(_Rewriter(design, names or Names(design)).rewritten(tokens_of(text), scopes))


def condition_sql(design: Design, row: Row | None, text: str) -> str:
    """Return a rule as SQL that is true, false or null: PostgreSQL refuses whatever else it may be."""
    return f"({expression_sql(design, row, text)}) AND TRUE"


def over_row(row: Row | None, expression: str, value: str) -> str:
    """Return the query of an expression over one row, which `value` gives as SQL; no names but its own are in sight."""
    if row is None:
        return f"SELECT ({expression}) AS value"
    own = f"(SELECT {value} AS {THIS}) AS {quoted('~row')}"
    return f"SELECT ({expression}) AS value FROM {own}, LATERAL (SELECT ({THIS}).*) AS {quoted(row.plural)}"


class _Rewriter:
    def __init__(self, design: Design, names: Names) -> None:
        self.design = design
        self.names = names

    def rewritten(self, tokens: Sequence[RuleToken], scopes: tuple[RowScope, ...]) -> Iterator[str]:
        """Yield the text of the tokens, each subquery with its own row in sight."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.is_sign("("):
                end = closing(tokens, at)
                yield f"({' '.join(self._group(tokens[at + 1 : end], scopes))})"
                at = end + 1
            elif token.kind == "name":
                text, at = self._word(tokens, at, scopes)
                yield text
            else:
                yield token.text
                at += 1

    def _group(self, tokens: Sequence[RuleToken], scopes: tuple[RowScope, ...]) -> Iterator[str]:
        if not tokens or not tokens[0].is_word("select"):
            yield from self.rewritten(tokens, scopes)
            return
        at = from_of(tokens)
        plural = tokens[at + 1].text if at + 1 < len(tokens) else ""
        row = self.design.rows_by_plural.get(plural)
        if row is None:
            raise OracleError(f"`from {plural}`: this is no plural of an entity or edge")
        self.names.plurals.add(plural)
        inner = (inner_scope(row), *scopes)
        yield from self.rewritten(tokens[:at], inner)
        yield f"FROM {here(plural)} AS {quoted(plural)}"
        yield from self.rewritten(tokens[at + 2 :], inner)

    def _word(self, tokens: Sequence[RuleToken], at: int, scopes: tuple[RowScope, ...]) -> tuple[str, int]:
        """Return the text of the word or the path that begins here, and where the next token is."""
        name, after = tokens[at].text, tokens[at + 1 : at + 2]
        if name in WORDS or (name == "interval" and after and after[0].kind == "text"):
            return name, at + 1
        if after and after[0].is_sign("("):
            if name not in FUNCTIONS:
                raise OracleError(f"`{name}(…)` is no function of the language")
            return name, at + 1
        parts, at = [name], at + 1
        while at + 1 < len(tokens) and tokens[at].is_sign(".") and tokens[at + 1].kind == "name":
            parts.append(tokens[at + 1].text)
            at += 2
        return self.names.sql(parts, scopes), at


def closing(tokens: Sequence[RuleToken], at: int) -> int:
    """Return where the parenthesis that opens at `at` closes."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].is_sign("(") - tokens[place].is_sign(")")
        if depth == 0:
            return place
    raise OracleError("a parenthesis is not closed")


def from_of(tokens: Sequence[RuleToken]) -> int:
    """Return where the `from` of a subquery stands: not inside of parentheses, nor in `is distinct from`."""
    depth = 0
    for place, token in enumerate(tokens):
        depth += token.is_sign("(") - token.is_sign(")")
        if depth == 0 and token.is_word("from") and not tokens[place - 1].is_word("distinct"):
            return place
    raise OracleError("a subquery is `select … from <plural> where …`")
