"""The rows that a rule can see, from the innermost to the one that it belongs to, and the names that each has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from backend_architect.design.model import Design, Entity, Row
from backend_architect.oracle.tokens import OracleError

SCHEMA = "oracle"
THIS = '"~this"'
"""The row that the rule belongs to, as one value: no name of a design begins with `~`."""


TAKES = "takes"
"""The row of what an action takes."""

Path = tuple[str, ...] | None


def quoted(name: str) -> str:
    """Return a name that PostgreSQL takes as it stands, whatever word it is."""
    return f'"{name}"'


def here(name: str) -> str:
    """Return what is called `name` in the oracle's schema."""
    return f"{SCHEMA}.{quoted(name)}"


@dataclass(frozen=True, slots=True)
class RowScope:
    """A row in sight. `value` is the whole row as SQL, `column` what stands before the name of one of its columns.

    `path` are the relations that lead to it from the row that the rule belongs to; None for the row of a subquery.
    """

    row: Row
    value: str
    column: str
    path: Path = ()

    def field(self, name: str) -> str:
        """Return the SQL of a stored value."""
        return f"{self.column}.{quoted(name)}"


def own_scope(row: Row) -> RowScope:
    """Return the row that a rule belongs to."""
    return RowScope(row, THIS, f"({THIS})")


def inner_scope(row: Row) -> RowScope:
    """Return the row of a subquery: a column may have the name of its table, so that the row is written out."""
    name = quoted(row.plural)
    return RowScope(row, f"ROW({name}.*)::{here(row.plural)}", name, None)


def stored_names(row: Row) -> tuple[str, ...]:
    """Return the names of a row's stored values: its fields, and what every row has."""
    if row.plural == TAKES:
        return tuple(row.fields)
    implied = ("id", "created_at", "updated_at") if isinstance(row, Entity) else ("created_at",)
    return (*row.fields, *implied)


def derived_names(row: Row) -> tuple[str, ...]:
    """Return the names of what is made of a row: counts, computed values, rules."""
    return (*row.counts, *row.computed, *row.rules) if isinstance(row, Entity) else tuple(row.rules)


@dataclass
class Names:
    """Turns the names of one rule into SQL, and notes what it looks at directly.

    `stored` and `derived` hold path, plural and name of each value, `followed` the path and the name of each
    relation that is followed, `plurals` the subqueries. The path is None in a subquery.
    """

    design: Design
    stored: set[tuple[Path, str, str]] = field(default_factory=set)
    derived: set[tuple[Path, str, str]] = field(default_factory=set)
    followed: set[tuple[Path, str]] = field(default_factory=set)
    plurals: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def sql(self, parts: Sequence[str], scopes: Sequence[RowScope]) -> str:
        """Return the SQL of `audience`, `post.author` or `likes.user`; the first scope is the innermost."""
        first, *rest = parts
        if not rest and (special := self._special(first)):
            return special
        if first == "this" and rest and scopes:
            return self._member(scopes[-1], rest)
        for scope in scopes:
            if rest and first == scope.row.plural:
                return self._member(scope, rest)
            if first in stored_names(scope.row):
                value = self._member(scope, parts)
                return value if rest else quoted(first)
            if first in derived_names(scope.row):
                return self._member(scope, parts)
        raise OracleError(f"`{'.'.join(parts)}` is no name of the rows in sight")

    def _special(self, name: str) -> str:
        roles = self.design.auth.roles if self.design.auth else ()
        if name in {"anyone", "nobody"}:
            return "TRUE" if name == "anyone" else "FALSE"
        if name in {"me", "signed_in"}:
            return f"{SCHEMA}.{name}()"
        return f"{SCHEMA}.holds('{name}')" if name in roles else ""

    def _member(self, scope: RowScope, parts: Sequence[str]) -> str:
        """Return a value of the row in scope, or of the row that one of its relations leads to."""
        name, *rest = parts
        if rest:
            return self._related(scope, name, rest)
        if name in stored_names(scope.row):
            self.stored.add((scope.path, scope.row.plural, name))
            return scope.field(name)
        if name in derived_names(scope.row):
            self.derived.add((scope.path, scope.row.plural, name))
            return f"{here(name)}({scope.value})"
        raise OracleError(f"{scope.row.name} has no `{name}`")

    def _related(self, scope: RowScope, name: str, rest: Sequence[str]) -> str:
        """Return a value of a related row: null where there is none, so that nobody takes it for false."""
        item = scope.row.fields.get(name)
        target = self.design.entities.get(item.to or "") if item else None
        if target is None:
            raise OracleError(f"`{name}` of {scope.row.name} is no relation")
        self.followed.add((scope.path, name))
        alias = quoted(f"~{next(self._numbers)}")
        path = None if scope.path is None else (*scope.path, name)
        value = self._member(RowScope(target, alias, alias, path), rest)
        return f"(SELECT {value} FROM {here(target.plural)} AS {alias} WHERE {alias}.id = {scope.field(name)})"
