"""A rule that no row and no caller can fulfil, or that all of them do, is not the rule that was meant."""

from collections.abc import Iterator

from sqlglot import exp

from backend_architect.design.check.expressions import WrittenExpression, expressions_of
from backend_architect.design.hidden import rule_or_none
from backend_architect.design.implication import sides
from backend_architect.design.load import LoadedDesign
from backend_architect.design.satisfiability import possible_values
from backend_architect.design.syntax import conjuncts, parse, shorten
from backend_architect.errors import Problem

ALWAYS: frozenset[bool | None] = frozenset({True})


def warn_constant_rules(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `rule-never-true` and `rule-always-true`, for a whole rule or a part of it that decides nothing."""
    for written in expressions_of(loaded.design):
        if written.wants == "boolean" and not _is_one_name(written.text):
            yield from _one(loaded, written)


def _is_one_name(text: str) -> bool:
    """Return whether a rule is a name alone: what `anyone` says is meant, and another rule is looked at by itself."""
    return all(part.isidentifier() for part in text.strip().split("."))


def _one(loaded: LoadedDesign, written: WrittenExpression) -> Iterator[Problem]:
    tree = parse(written.text)
    values = _possible(loaded, written, written.text)
    if values is not None and True not in values:
        message = f"`{shorten(tree)}` is never true, whoever asks and whatever is stored"
        yield loaded.warning("rule-never-true", written.path, message, "write `nobody` if that is meant")
    elif values == ALWAYS:
        message = f"`{shorten(tree)}` is true for everybody and every row"
        fix = "leave it out" if written.own else "write `anyone` if that is meant"
        yield loaded.warning("rule-always-true", written.path, message, fix)
    else:
        yield from _parts(loaded, written, tree)


def _parts(loaded: LoadedDesign, written: WrittenExpression, tree: exp.Expr) -> Iterator[Problem]:
    """Yield the parts of a rule that could be left out: an `or` that is never true, an `and` that always is."""
    for part in sides(tree) if isinstance(tree.unnest(), exp.Or) else conjuncts(tree):
        text = part.sql("postgres")
        if _is_one_name(text):
            continue
        values = _possible(loaded, written, text)
        if isinstance(tree.unnest(), exp.Or) and values is not None and True not in values:
            message = f"`{shorten(part)}` is never true, so that it adds nobody"
            yield loaded.warning("rule-never-true", written.path, message, "correct it, or leave it out")
        elif isinstance(tree.unnest(), exp.And) and values == ALWAYS:
            message = f"`{shorten(part)}` is always true, so that it keeps nobody out"
            yield loaded.warning("rule-always-true", written.path, message, "correct it, or leave it out")


def _possible(loaded: LoadedDesign, written: WrittenExpression, text: str) -> frozenset[bool | None] | None:
    tree = rule_or_none(loaded.design, written.row, text)
    return None if tree is None else possible_values(loaded.design, written.row, tree)
