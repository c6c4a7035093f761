"""What a rule looks at, by itself and through the rules, counts and computed values that it uses."""

from dataclasses import dataclass, field

from backend_architect.design.model import Design, Entity, Row
from backend_architect.oracle.rewriting import expression_sql
from backend_architect.oracle.scopes import Names, Path
from backend_architect.oracle.tokens import tokens_of


@dataclass
class Looked:
    """What is read: values by the path to their row, relations that are followed, tables of subqueries, constants."""

    values: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    followed: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    inner: set[tuple[str, str]] = field(default_factory=set)
    plurals: set[str] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)

    @property
    def relations_followed(self) -> frozenset[str]:
        """Return the relations of the row itself through which the rule looks."""
        return frozenset(name for path, name in self.followed if path == ())

    @property
    def relations(self) -> frozenset[str]:
        """Return the names of the row's own that the rule reads, or through which it looks."""
        return self.relations_followed | {name for path, name in self.values if path == ()}


def look(design: Design, row: Row, text: str) -> Looked:
    """Return everything that a rule of a row looks at."""
    looked = Looked()
    _note(design, row, text, (), looked=looked, known=set())
    return looked


def _note(
    design: Design, row: Row, text: str, path: Path, *, looked: Looked, known: set[tuple[Path, str, str]]
) -> None:
    names = Names(design)
    expression_sql(design, row, text, names)
    looked.constants |= {token.text for token in tokens_of(text) if token.kind in {"text", "number"}}
    looked.plurals |= names.plurals
    looked.inner |= {(plural, name) for at, plural, name in names.stored if at is None or path is None}
    looked.values |= {((*path, *at), name) for at, _, name in names.stored if at is not None and path is not None}
    looked.followed |= {((*path, *at), name) for at, name in names.followed if at is not None and path is not None}
    for at, plural, name in sorted(names.derived, key=str):
        whole = None if at is None or path is None else (*path, *at)
        if (whole, plural, name) in known:
            continue
        known.add((whole, plural, name))
        _derived(design, design.rows_by_plural[plural], name, whole, looked=looked, known=known)


def _derived(
    design: Design, row: Row, name: str, path: Path, *, looked: Looked, known: set[tuple[Path, str, str]]
) -> None:
    if isinstance(row, Entity) and name in row.counts:
        looked.plurals.add(row.counts[name].source)
        return
    text = row.computed[name].sql if isinstance(row, Entity) and name in row.computed else row.rules[name]
    _note(design, row, text, path, looked=looked, known=known)
