"""The types of expressions, as PostgreSQL's own catalog has them: operators, functions, casts, common types.

`postgres_types.json` is read from the catalog of a server. How an operator is chosen for two types follows
https://www.postgresql.org/docs/18/typeconv-oper.html; how branches of a choice agree, typeconv-union-case.html.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from backend_architect.design.model import MAX_BIGINT, MAX_INTEGER, Field, FieldType

UNKNOWN = "unknown"
"""The type of a quoted literal and of null, until what stands beside it decides."""
STRINGS = "S"
ANY_ARRAY = "anyarray"


class Operator(NamedTuple):
    """One operator of the catalog; `left` is empty for a prefix operator."""

    left: str
    right: str
    result: str


class _Catalog(NamedTuple):
    categories: Mapping[str, str]
    preferred: frozenset[str]
    implicit: frozenset[tuple[str, str]]
    assigned: frozenset[tuple[str, str]]
    operators: Mapping[str, tuple[Operator, ...]]
    functions: Mapping[tuple[str, str], str]


@cache
def _catalog() -> _Catalog:
    found = json.loads(Path(__file__).with_suffix(".json").read_text())
    operators: dict[str, list[Operator]] = {}
    for name, *rest in found["operators"]:
        operators.setdefault(name, []).append(Operator(*rest))
    return _Catalog(
        categories={name: category for name, (category, _) in found["types"].items()},
        preferred=frozenset(name for name, (_, preferred) in found["types"].items() if preferred),
        implicit=frozenset((source, target) for source, target, how in found["casts"] if how == "i"),
        assigned=frozenset((source, target) for source, target, _ in found["casts"]),
        operators={name: tuple(each) for name, each in operators.items()},
        functions={(name, argument): result for name, argument, result in found["functions"]},
    )


def column_type(item: Field) -> str:
    """Return the PostgreSQL type of the column that stores a field, without its precision."""
    if item.type is FieldType.INTEGER:
        return "integer" if is_small(item) else "bigint"
    if item.type is FieldType.LIST:
        return f"{_STORED.get(item.item or FieldType.TEXT, 'text')}[]"
    return _STORED.get(item.type, "text")


def is_small(item: Field) -> bool:
    """Return whether every value of an integer field fits into four bytes."""
    bounded = item.max is not None and item.max <= MAX_INTEGER
    return bounded and (item.min is None or item.min >= -MAX_INTEGER)


_STORED = {
    FieldType.INTEGER: "bigint",
    FieldType.MONEY: "bigint",
    FieldType.DECIMAL: "numeric",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamp with time zone",
    FieldType.DURATION: "interval",
    FieldType.UUID: "uuid",
    FieldType.JSON: "jsonb",
    FieldType.REFERENCE: "uuid",
}


def type_of_number(text: str) -> str:
    """Return the type of a numeric literal."""
    if not text.isdigit():
        return "numeric"
    value = int(text)
    return "integer" if value <= MAX_INTEGER else "bigint" if value <= MAX_BIGINT else "numeric"


def operator_for(name: str, left: str, right: str) -> Operator | None:
    """Return the operator that PostgreSQL takes for two types, None where it has none; `left` is empty for a prefix."""
    named = [each for each in _catalog().operators.get(name, ()) if bool(each.left) is bool(left)]
    if UNKNOWN in {left, right} and left != right and left:
        known = right if left == UNKNOWN else left
        exact = _exact(named, known, known)
        if exact:
            return exact
    exact = _exact(named, left, right)
    if exact:
        return exact
    candidates = [each for each in named if _fits(left, each.left) and _fits(right, each.right)]
    return _best([each for each in candidates if _arrays_agree(each, left, right)], (left, right))


def function_result(name: str, argument: str) -> str | None:
    """Return the type of a function of one argument, None where PostgreSQL has none for it."""
    functions = _catalog().functions
    if (name, '"any"') in functions:
        return functions[name, '"any"']
    if (name, argument) in functions:
        return functions[name, argument]
    if (name, ANY_ARRAY) in functions and argument.endswith("[]"):
        return argument if functions[name, ANY_ARRAY] == ANY_ARRAY else functions[name, ANY_ARRAY]
    overloads = [Operator("", a, r) for (n, a), r in functions.items() if n == name and _fits(argument, a)]
    chosen = _best(overloads, ("", argument))
    return chosen.result if chosen else None


def common_type(types: Sequence[str]) -> str | None:
    """Return the type that all branches of a choice can have, None where there is none."""
    known = [each for each in types if each != UNKNOWN]
    if not known:
        return "text"
    chosen = known[0]
    for other in known[1:]:
        if other == chosen:
            continue
        if _category(other) != _category(chosen):
            return None
        if chosen not in _catalog().preferred and can_become(chosen, other) and not can_become(other, chosen):
            chosen = other
    return chosen if all(can_become(each, chosen) for each in known) else None


def settled(kind: str) -> str:
    """Return the type that a value has as the result of a subquery: PostgreSQL takes a literal there for a text."""
    return "text" if kind == UNKNOWN else kind


def can_become(source: str, target: str) -> bool:
    """Return whether PostgreSQL casts `source` to `target` by itself, wherever it stands."""
    return source in {target, UNKNOWN} or (source, target) in _catalog().implicit


def can_be_stored(source: str, target: str) -> bool:
    """Return whether a value of type `source` can be assigned to a column of type `target`."""
    return source in {target, UNKNOWN} or (source, target) in _catalog().assigned


def _exact(operators: Sequence[Operator], left: str, right: str) -> Operator | None:
    return next((each for each in operators if (each.left, each.right) == (left, right)), None)


def _fits(given: str, wanted: str) -> bool:
    if wanted == ANY_ARRAY:
        return given.endswith("[]") or given == UNKNOWN
    return given == wanted or can_become(given, wanted)


def _arrays_agree(operator: Operator, left: str, right: str) -> bool:
    """Return whether both sides of an operator on arrays have one type."""
    if ANY_ARRAY not in {operator.left, operator.right}:
        return True
    known = {each for each in (left, right) if each != UNKNOWN}
    return len(known) == 1


def _best(candidates: Sequence[Operator], given: tuple[str, str]) -> Operator | None:
    """Return the one candidate that PostgreSQL's rules leave, None where they leave none or several."""
    rounds = (_most_exact, _most_preferred, _by_category, _as_the_known)
    for narrow in rounds:
        if len(candidates) <= 1:
            break
        candidates = narrow(candidates, given) or candidates
    return candidates[0] if len(candidates) == 1 else None


def _sides(operator: Operator, given: tuple[str, str]) -> list[tuple[str, str]]:
    return [(have, want) for have, want in zip(given, operator[:2], strict=True) if want]


def _most(candidates: Sequence[Operator], scores: Sequence[int]) -> list[Operator]:
    return [each for each, score in zip(candidates, scores, strict=True) if score == max(scores)]


def _most_exact(candidates: Sequence[Operator], given: tuple[str, str]) -> list[Operator]:
    return _most(candidates, [sum(have == want for have, want in _sides(each, given)) for each in candidates])


def _most_preferred(candidates: Sequence[Operator], given: tuple[str, str]) -> list[Operator]:
    """Keep those that take preferred types (of the given type's category) where a cast is needed."""
    preferred = _catalog().preferred
    scores = [
        sum(
            have == want or (want in preferred and have != UNKNOWN and _category(have) == _category(want))
            for have, want in _sides(each, given)
        )
        for each in candidates
    ]
    return _most(candidates, scores)


def _by_category(candidates: Sequence[Operator], given: tuple[str, str]) -> list[Operator]:
    """Decide for unknown sides: the string category where any candidate takes it, else the one that all agree on."""
    for side, have in enumerate(given):
        if have != UNKNOWN:
            continue
        categories = {_category(each[side]) for each in candidates}
        wanted = STRINGS if STRINGS in categories else next(iter(categories)) if len(categories) == 1 else ""
        if wanted:
            candidates = [each for each in candidates if _category(each[side]) == wanted]
            best = [each for each in candidates if each[side] in _catalog().preferred]
            candidates = best or candidates
    return list(candidates)


def _as_the_known(candidates: Sequence[Operator], given: tuple[str, str]) -> list[Operator]:
    known = {each for each in given if each not in {UNKNOWN, ""}}
    if len(known) != 1:
        return list(candidates)
    (kind,) = known
    return [each for each in candidates if all(can_become(kind, want) for want in each[:2] if want)]


def _category(name: str) -> str:
    return "A" if name.endswith("[]") else _catalog().categories.get(name, "U")
