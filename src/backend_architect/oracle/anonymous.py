"""Whether somebody who has not signed in can fulfil a rule at all, whatever the rows hold.

The words of the rule are taken apart at `or`, `and`, `not` and parentheses, and each part may be true, false or null
when `me` is null and nobody holds a role. What is not known may be anything, so that only a sure refusal counts.
"""

from collections.abc import Sequence
from itertools import product

from backend_architect.design.model import Design, Entity, Row
from backend_architect.oracle.rewriting import closing, from_of
from backend_architect.oracle.tokens import RuleToken, tokens_of

Truths = frozenset[bool | None]
ANYTHING: Truths = frozenset({True, False, None})
EITHER: Truths = frozenset({True, False})
COMPARISONS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})


def needs_caller(design: Design, row: Row | None, rule: str) -> bool:
    """Return whether a rule can never hold for somebody who has not signed in."""
    return True not in _Anonymous(design).rule(rule, (row,) if row else ())


class _Anonymous:
    def __init__(self, design: Design) -> None:
        self.design = design
        self.depth = 0

    def rule(self, text: str, rows: tuple[Row, ...]) -> Truths:
        """Return what a rule may be; one that is nested too deep may be anything."""
        self.depth += 1
        found = self.truths(tokens_of(text), rows) if self.depth < 20 else ANYTHING
        self.depth -= 1
        return found

    def truths(self, tokens: Sequence[RuleToken], rows: tuple[Row, ...]) -> Truths:
        """Return what the words of a condition may be; the first row is the innermost."""
        for word, decisive in (("or", True), ("and", False)):
            parts = split(tokens, word)
            if len(parts) > 1:
                return _joined([self.truths(part, rows) for part in parts], decisive=decisive)
        if tokens and tokens[0].is_word("not"):
            return frozenset(None if value is None else not value for value in self.truths(tokens[1:], rows))
        return self._is(tokens, rows) or self._exists(tokens, rows) or self._atom(tokens, rows)

    def _is(self, tokens: Sequence[RuleToken], rows: tuple[Row, ...]) -> Truths:
        at = next((place for place, token in _outside(tokens) if token.is_word("is")), 0)
        if not at or len(tokens) > at + 3:
            return frozenset()
        words = [token.text for token in tokens[at + 1 :]]
        against = {"true": True, "false": False, "null": None, "unknown": None}.get(words[-1])
        inner = frozenset({None}) if _is_me(tokens[:at]) else self.truths(tokens[:at], rows)
        return frozenset((value is against) is (words[0] != "not") for value in inner)

    def _exists(self, tokens: Sequence[RuleToken], rows: tuple[Row, ...]) -> Truths:
        """Return what a subquery that ends the words may be: nothing is in one whose condition cannot hold."""
        if len(tokens) < 2 or not tokens[-1].is_sign(")"):
            return frozenset()
        at = next(place for place, token in _outside(tokens) if _closing_if_open(tokens, place) == len(tokens) - 1)
        group = tokens[at + 1 : -1]
        if not at or not group or not group[0].is_word("select"):
            return frozenset()
        inner = self._where(group, rows)
        if tokens[at - 1].is_word("exists"):
            return EITHER if True in inner else frozenset({False})
        if not tokens[at - 1].is_word("in"):
            return frozenset()
        negated = at > 1 and tokens[at - 2].is_word("not")
        if True not in inner:
            return frozenset({negated})
        return frozenset({negated, None}) if _is_me(tokens[: at - 1 - negated]) else ANYTHING

    def _where(self, group: Sequence[RuleToken], rows: tuple[Row, ...]) -> Truths:
        at = from_of(group)
        row = self.design.rows_by_plural.get(group[at + 1].text)
        return self.truths(group[at + 3 :], (row, *rows)) if row and len(group) > at + 3 else ANYTHING

    def _atom(self, tokens: Sequence[RuleToken], rows: tuple[Row, ...]) -> Truths:
        if tokens and tokens[0].is_sign("(") and closing(tokens, 0) == len(tokens) - 1:
            return self.truths(tokens[1:-1], rows)
        at = next((place for place, token in _outside(tokens) if token.text in COMPARISONS), 0)
        if at:
            unknown = any(_is_me(side) or _is_null(side) for side in (tokens[:at], tokens[at + 1 :]))
            return frozenset({None}) if unknown else ANYTHING
        names = [token.text for token in tokens if not token.is_sign(".")]
        return self._named(names, rows) if all(t.kind == "name" or t.is_sign(".") for t in tokens) else ANYTHING

    def _named(self, names: Sequence[str], rows: tuple[Row, ...]) -> Truths:
        first, *rest = names or [""]
        known: dict[str, bool | None] = {"anyone": True, "true": True, "nobody": False, "false": False, "null": None}
        roles = self.design.auth.roles if self.design.auth else ()
        known |= {"signed_in": False, "me": None, **dict.fromkeys(roles, False)}
        if not rest and first in known:
            return frozenset({known[first]})
        if first == "this" and rest and rows:
            return self._member(rows[-1], rest)
        for row in rows:
            if rest and first == row.plural:
                return self._member(row, rest)
            if first in {*row.fields, *row.rules, *(row.computed if isinstance(row, Entity) else ())}:
                return self._member(row, names)
        return ANYTHING

    def _member(self, row: Row, names: Sequence[str]) -> Truths:
        name, *rest = names
        if rest:
            item = row.fields.get(name)
            target = self.design.entities.get(item.to or "") if item else None
            return self._member(target, rest) | {None} if target else ANYTHING
        if name in row.rules:
            return self.rule(row.rules[name], (row,))
        if isinstance(row, Entity) and name in row.computed:
            return self.rule(row.computed[name].sql, (row,))
        return ANYTHING


def _joined(parts: Sequence[Truths], *, decisive: bool) -> Truths:
    found: set[bool | None] = set()
    for values in product(*parts):
        found.add(decisive if decisive in values else (None if None in values else not decisive))
    return frozenset(found)


def split(tokens: Sequence[RuleToken], word: str) -> list[Sequence[RuleToken]]:
    """Return the parts between a word outside of parentheses; the `and` of a `between` and what a case holds stay."""
    parts: list[Sequence[RuleToken]] = []
    start, cases, between = 0, 0, False
    for place, token in _outside(tokens):
        cases += token.is_word("case") - token.is_word("end")
        between = between or token.is_word("between")
        if not cases and token.is_word(word):
            if word == "and" and between:
                between = False
                continue
            parts.append(tokens[start:place])
            start = place + 1
    return [*parts, tokens[start:]]


def _outside(tokens: Sequence[RuleToken]) -> list[tuple[int, RuleToken]]:
    """Return the tokens that stand in no parentheses, with their places; an opening one is outside."""
    found: list[tuple[int, RuleToken]] = []
    depth = 0
    for place, token in enumerate(tokens):
        depth -= token.is_sign(")")
        if depth == 0:
            found.append((place, token))
        depth += token.is_sign("(")
    return found


def _closing_if_open(tokens: Sequence[RuleToken], at: int) -> int | None:
    """Return where a parenthesis closes that opens here, if one does."""
    return closing(tokens, at) if tokens[at].is_sign("(") else None


def _is_me(tokens: Sequence[RuleToken]) -> bool:
    return [token.text for token in tokens if token.text not in {"(", ")"}] == ["me"]


def _is_null(tokens: Sequence[RuleToken]) -> bool:
    return [token.text for token in tokens if token.text not in {"(", ")"}] == ["null"]
