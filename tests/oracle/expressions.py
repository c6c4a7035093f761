"""Expressions over the whole language of docs/design-file.md, mostly well typed, with and without parentheses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from backend_architect.design.model import Design, Entity, FieldType, Row

KIND_OF = {
    FieldType.TEXT: "text", FieldType.SLUG: "text", FieldType.EMAIL: "text", FieldType.URL: "text",
    FieldType.FILE: "text", FieldType.ONE_OF: "text", FieldType.INTEGER: "int", FieldType.MONEY: "int",
    FieldType.DECIMAL: "dec", FieldType.BOOLEAN: "bool", FieldType.DATE: "date", FieldType.TIMESTAMP: "ts",
    FieldType.DURATION: "span", FieldType.UUID: "uuid", FieldType.REFERENCE: "uuid", FieldType.JSON: "json",
    FieldType.LIST: "list",
}  # fmt: skip
LITERALS = {
    "bool": ("true", "false"),
    "int": ("0", "1", "2", "3", "- 1", "100"),
    "dec": ("0.5", "1.25", "2", "- 1.5"),
    "text": ("'a'", "'draft'", "'it''s'", "''", "'A%'"),
    "ts": ("now()", "'2001-01-01 12:00Z'"),
    "date": ("current_date", "'2001-01-31'"),
    "span": ("interval '1 day'", "interval '24 hours'", "interval '90 minutes'"),
    "uuid": ("me",),
}
COMPARED = ("bool", "int", "dec", "text", "ts", "date", "span", "uuid")
SIGNS = ("=", "<>", "<", "<=", ">", ">=")


T = TypeVar("T")


Choose = Callable[[int], int]
"""Chooses a number below another: hypothesis does, which then makes what failed smaller, or a seeded `Random`."""


def pick(choose: Choose, options: Sequence[T]) -> T:
    """Return one of the options."""
    return options[choose(len(options))] if len(options) > 1 else options[0]


def some(choose: Choose, options: Sequence[T], most: int, least: int = 0) -> list[T]:
    """Return some of the options, each once, in any order."""
    left = list(options)
    number = min(least + choose(most - least + 1), len(options))
    return [left.pop(choose(len(left)) if len(left) > 1 else 0) for _ in range(number)]


@dataclass(frozen=True, slots=True)
class Known:
    """The rows in sight, the innermost first: the last is the one that the rule belongs to."""

    design: Design
    own: Row
    inner: tuple[Row, ...] = ()
    names: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*self.inner, self.own)


def members_of(row: Row) -> dict[str, str]:
    """Return the kind of every name that a row has."""
    found = {item.name: KIND_OF[item.type] for item in row.fields.values()}
    found |= {"id": "uuid", "created_at": "ts", "updated_at": "ts"} if isinstance(row, Entity) else {"created_at": "ts"}
    if isinstance(row, Entity):
        found |= dict.fromkeys(row.counts, "int")
        found |= {name: KIND_OF[computed.type] for name, computed in row.computed.items()}
    return found | dict.fromkeys(row.rules, "bool")


def names_of(known: Known, kind: str) -> list[str]:
    """Return every name and path of a kind that means a value of one of the rows in sight."""
    key = (kind, *(row.plural for row in known.rows))
    if key not in known.names:
        known.names[key] = _names_of(known, kind)
    return known.names[key]


def _names_of(known: Known, kind: str) -> list[str]:
    found: list[str] = []
    for place, row in enumerate(known.rows):
        nearer = {name for each in known.rows[:place] for name in members_of(each)}
        hidden = row.plural in {each.plural for each in known.rows[:place]}
        starts = [f"{row.plural}."] if not hidden else []
        starts += ["this."] if row is known.own and place == len(known.rows) - 1 else []
        for path in paths_of(known.design, row, kind):
            found += [path] if path.split(".")[0] not in nearer | {each.plural for each in known.rows} else []
            found += [start + path for start in starts]
    return [name for name in found if name != "user"]  # PostgreSQL's own word: qualified, it is a field


def paths_of(design: Design, row: Row, kind: str, depth: int = 2) -> list[str]:
    """Return the names of a row's values of a kind, and those of the rows that its relations lead to."""
    found = [name for name, its in members_of(row).items() if its == kind]
    for item in row.references if depth else ():
        target = design.entities[item.to or ""]
        found += [f"{item.name}.{path}" for path in paths_of(design, target, kind, depth - 1)]
    return found


Maker = Callable[[Choose, Known, str, int], str]


def expression(choose: Choose, known: Known, kind: str, depth: int = 3) -> str:
    """Return an expression of a kind; sometimes, on purpose, one of another kind."""
    if choose(60) == 59:
        kind = pick(choose, COMPARED)
    if depth <= 0 or kind in {"json", "list"}:
        return leaf(choose, known, kind)
    text = pick(choose, MAKERS[kind])(choose, known, kind, depth - 1)
    return f"({text})" if choose(2) else text


def leaf(choose: Choose, known: Known, kind: str, _depth: int = 0) -> str:
    """Return a name, a path, a constant or a word for the caller."""
    names = names_of(known, kind)
    roles = known.design.auth.roles if known.design.auth else ()
    special = ("signed_in", "anyone", "nobody", *roles) if kind == "bool" else ()
    if names and choose(4):
        return pick(choose, names)
    return pick(choose, (*LITERALS.get(kind, ("null",)), *special))


def _made(template: str, *kinds: str) -> Maker:
    """Return the maker of expressions that join others: `{0} + {1}`; the kind `=` is the whole's own."""

    def make(choose: Choose, known: Known, kind: str, depth: int) -> str:
        return template.format(*(expression(choose, known, kind if each == "=" else each, depth) for each in kinds))

    return make


def _compared(choose: Choose, known: Known, _kind: str, depth: int) -> str:
    kind = pick(choose, COMPARED)
    other = {"int": "dec", "dec": "int", "ts": "date", "date": "ts"}.get(kind, kind)
    left = expression(choose, known, kind, depth)
    right = expression(choose, known, pick(choose, (kind, kind, other)), depth)
    words = pick(choose, (" ", " not "))
    form = pick(choose, ("sign", "sign", "between", "between symmetric", "in"))
    if form == "sign":
        return f"{left} {pick(choose, SIGNS)} {right}"
    low = leaf(choose, known, kind)
    return f"{left}{words}in ({low}, {right})" if form == "in" else f"{left}{words}{form} {low} and {right}"


def _is(choose: Choose, known: Known, _kind: str, depth: int) -> str:
    against = pick(choose, ("null", "not null", "true", "not true", "false", "not false"))
    kind = pick(choose, (*COMPARED, "json", "list")) if "null" in against else "bool"
    return f"{expression(choose, known, kind, depth)} is {against}"


def _like(choose: Choose, known: Known, _kind: str, depth: int) -> str:
    word = pick(choose, ("like", "not like", "ilike", "not ilike"))
    pattern = pick(choose, ("'a%'", "'%T'", "'_'", ""))
    return f"{expression(choose, known, 'text', depth)} {word} {pattern or leaf(choose, known, 'text')}"


def _subquery(choose: Choose, known: Known, kind: str, depth: int) -> str:
    """Return `exists`, `in` or an aggregate over the rows of any kind that the design has."""
    row = pick(choose, list(known.design.rows_by_plural.values()))
    within = replace(known, inner=(row, *known.inner))
    where = expression(choose, within, "bool", min(depth, 1))
    tied = _ties(known.own, row)
    if tied and choose(2):
        where = f"{pick(choose, tied)} and {where}"
    source = f"from {row.plural} where {where}"
    return _in_or_exists(choose, known, row, source) if kind == "bool" else _aggregate(choose, kind, row, source)


def _ties(own: Row, row: Row) -> list[str]:
    """Return the conditions that tie the rows of a subquery to the row that the rule belongs to."""
    return [
        f"{row.plural}.{item.name} = {start}id"
        for item in row.references
        for start in ("this.", f"{own.plural}.")
        if isinstance(own, Entity) and item.to == own.name and row.plural != own.plural
    ]


def _in_or_exists(choose: Choose, known: Known, row: Row, source: str) -> str:
    choice = pick(choose, ("exists (select ", "not exists (select ", "in", "not in"))
    if "exists" in choice:
        return f"{choice}{source})"
    name, kind = pick(choose, [(name, kind) for name, kind in members_of(row).items() if kind in COMPARED])
    value = f"{row.plural}.{name}" if name == "user" else name
    return f"{leaf(choose, known, kind)} {choice} (select {value} {source})"


def _aggregate(choose: Choose, kind: str, row: Row, source: str) -> str:
    own = {item.name: KIND_OF[item.type] for item in row.fields.values()}
    forms = [f"{word}({row.plural}.{name})" for name, its in own.items() if its == kind for word in ("min", "max")]
    if kind == "dec":
        numbers = [f"{row.plural}.{name}" for name, its in own.items() if its in {"int", "dec"}]
        forms += [f"{word}({value})" for value in numbers for word in ("sum", "avg")]
    return f"(select {pick(choose, forms or ['count(*)'])} {source})"


BOTH: tuple[Maker, ...] = (
    leaf,
    _made("coalesce({0}, {1})", "=", "="),
    _made("case when {0} then {1} else {2} end", "bool", "=", "="),
    _made("case when {0} then {1} end", "bool", "="),
)
ORDERED: tuple[Maker, ...] = (
    *BOTH,
    _made("greatest({0}, {1})", "=", "="),
    _made("least({0}, {1}, {0})", "=", "="),
    _subquery,
)
MAKERS: dict[str, tuple[Maker, ...]] = {
    "bool": (
        *BOTH, _made("{0} and {1}", "bool", "bool"), _made("{0} or {1}", "bool", "bool"), _made("not {0}", "bool"),
        _made("{0} and {1} or {2}", "bool", "bool", "bool"), _made("not {0} and {1}", "bool", "bool"),
        _compared, _compared, _compared, _is, _is, _like, _subquery, _subquery,
    ),
    "int": (
        *ORDERED, _made("{0} + {1}", "int", "int"), _made("{0} - {1}", "int", "int"), _made("{0} * 2", "int"),
        _made("{0} / 2", "int"), _made("abs({0})", "int"), _made("- {0}", "int"), _made("length({0})", "text"),
        _made("{0} - {1}", "date", "date"), _made("{0} - {1} - {2}", "int", "int", "int"),
        _made("{0} - {1} * 2", "int", "int"),
    ),
    "dec": (
        *ORDERED, _made("{0} + {1}", "dec", "int"), _made("{0} - {1}", "dec", "dec"), _made("{0} * {1}", "dec", "int"),
        _made("{0} / 3", "dec"), _made("abs({0})", "dec"), _made("- {0}", "dec"),
    ),
    "text": (*ORDERED, _made("lower({0})", "text"), _made("upper({0})", "text")),
    "ts": (
        *ORDERED, _made("{0} + {1}", "ts", "span"), _made("{0} - {1}", "ts", "span"),
        _made("{0} + {1}", "date", "span"),
    ),
    "date": (*ORDERED, _made("{0} + {1}", "date", "int"), _made("{0} - 7", "date")),
    "span": (
        *ORDERED, _made("{0} - {1}", "ts", "ts"), _made("{0} + {1}", "span", "span"), _made("{0} * 2", "span"),
        _made("{0} - {1}", "span", "span"), _made("- {0}", "span"), _made("{0} / 2", "span"),
    ),
    "uuid": BOTH,
}  # fmt: skip
KINDS_ASKED = (*["bool"] * 6, "int", "dec", "text", "ts", "date", "span")


def written(choose: Choose, design: Design, number: int) -> list[tuple[str, str]]:
    """Return expressions with the plural of the rows that they are about."""
    known = {plural: Known(design, row) for plural, row in design.rows_by_plural.items()}
    found = []
    for _ in range(number):
        plural = pick(choose, sorted(known))
        found.append((plural, expression(choose, known[plural], pick(choose, KINDS_ASKED), 1 + choose(3))))
    return found
