"""Values for a statement's parameters, taken from the rows: those of a typical caller, and those of the busiest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from backend_architect.postgres import Session
from backend_architect.proof.plans.parameter_roles import ParameterUse, Role
from backend_architect.proof.plans.tables import ProjectTable, Tables

PAGE = 20
"""Rows of a usual page, and of the largest: a list asks for one more."""
LARGEST_PAGE = 100
HIGHEST = {
    "timestamp with time zone": "infinity",
    "date": "infinity",
    "uuid": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "bigint": str(2**63 - 1),
    "integer": str(2**31 - 1),
    "numeric": "1e30",
    "text": "\U0010ffff",
}
LOWEST = {
    "timestamp with time zone": "-infinity",
    "date": "-infinity",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "bigint": str(-(2**63)),
    "integer": str(-(2**31)),
    "numeric": "-1e30",
    "text": "",
}
PLAIN = {
    "boolean": "true",
    "uuid": "",
    "interval": "0",
    "jsonb": "{}",
    "json": "{}",
    "bytea": "\\x00",
    "text": "made-up",
}
ELEMENTS = {
    "integer": "0",
    "bigint": "0",
    "numeric": "0",
    "boolean": "true",
    "date": "2030-01-01",
    "timestamp with time zone": "2030-01-01 00:00:00+00",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "interval": "0",
    "jsonb": "null",
    "json": "null",
    "bytea": "\\x00",
}
CHANCES = 4
"""How often other values are tried where a statement refuses some: unique columns, periods that must not overlap."""


COMMON_WORDS = (
    "SELECT word FROM pg_stats, unnest(most_common_elems::text::text[], "
    "most_common_elem_freqs[1:cardinality(most_common_elems::text::text[])]) AS e(word, share) "
    "WHERE schemaname = 'public' AND most_common_elems IS NOT NULL AND length(word) > 2 "
    "AND attname IN (SELECT attname FROM pg_attribute WHERE atttypid = 'tsvector'::regtype)"
)
PAIRED = 12
"""The most common words of which two are looked for that no row has both of."""


@dataclass
class Picker:
    """Picks values from one filled database; what was looked up once is kept."""

    session: Session
    tables: Tables
    accounts: str
    """The table of the people who call, '' where nobody signs in."""
    words: str = ""
    """What is searched for instead of a word from the rows."""
    _known: dict[str, str | None] = field(default_factory=dict)

    def arguments(
        self, uses: Sequence[ParameterUse], types: Sequence[str], *, busy: bool, chance: int = 0
    ) -> list[str]:
        """Return each parameter's value as SQL, in order."""
        found: dict[int, str | None] = {}
        self._rows_held_equal(uses, found, busy=busy, chance=chance)
        stored = [use for use in uses if use.role is Role.ASSIGNED and self._fits(use, types[use.parameter - 1])]
        self._rows_stored(stored, found, busy=busy, chance=chance)
        for use in sorted(uses, key=lambda use: (use.role, -self._rows(use.table))):
            if use.parameter not in found and (use.role is not Role.ASSIGNED or use in stored):
                found[use.parameter] = self._value(use, types[use.parameter - 1], busy=busy)
        lists = self._lists_of(uses, types)
        made = [
            found[n] if n in found else self._untied(kind, busy=busy, chance=chance) for n, kind in enumerate(types, 1)
        ]
        made = [as_list(value) if n in lists and n in found else value for n, value in enumerate(made, 1)]
        return [literal(value, kind) for value, kind in zip(made, types, strict=True)]

    def _lists_of(self, uses: Sequence[ParameterUse], types: Sequence[str]) -> set[int]:
        """Return the parameters that list values of a column (`updated_at = ANY($5)`), and are no such value."""
        return {
            use.parameter
            for use in uses
            if types[use.parameter - 1].endswith("[]") and use.column and not self._holds_a_list(use)
        }

    def _holds_a_list(self, use: ParameterUse) -> bool:
        return self.tables.by_name[use.table].type_of(use.column).endswith("[]")

    def _rows_held_equal(
        self, uses: Sequence[ParameterUse], found: dict[int, str | None], *, busy: bool, chance: int
    ) -> None:
        """Take parameters that are compared with one row's columns from a row that exists."""
        groups: dict[str, list[ParameterUse]] = {}
        for use in uses:
            if use.role is Role.EQUAL:
                groups.setdefault(use.alias, []).append(use)
        for group in sorted(groups.values(), key=lambda group: not any(self._is_key(use) for use in group)):
            known = next((use for use in group if use.parameter in found), None)
            anchor = known or next((use for use in group if self._is_key(use)), group[0])
            popular = self._alone(anchor) if chance else self._popular(anchor.table, anchor.column, busy=busy)
            value = found.get(anchor.parameter) or popular
            for use in group:
                if use.parameter not in found:
                    same = use.column == anchor.column
                    found[use.parameter] = value if same else self._other(anchor, use.column, value)

    def _rows_stored(
        self, uses: Sequence[ParameterUse], found: dict[int, str | None], *, busy: bool, chance: int
    ) -> None:
        """Take what is stored from a row that is there already, but for columns that no two rows share."""
        for use in uses:
            if use.parameter in found:
                continue
            table = self.tables.by_name[use.table]
            reference = next((key.columns[0] for key, _ in table.foreign_keys if len(key.columns) == 1), None)
            popular = self._popular(table.name, reference, busy=busy) if reference else None
            row = f'"{reference}"::text = {literal(popular)}' if reference and popular else "true"
            found[use.parameter] = self._stored(table, use.column, row, chance)

    def _stored(self, table: ProjectTable, column: str, row: str, chance: int) -> str | None:
        kind = table.type_of(column)
        order = ", ".join(f'"{key}"' for key in table.primary_key) or "1"
        if table.is_key(column) and not table.target_of(column) and kind in {"text", "bytea"}:
            return (
                f"new-{chance}-{abs(hash((table.name, chance))) % 10_000}" if kind == "text" else f"\\x{chance:02x}ff"
            )
        later = [key for keys in table.keys if len(keys) > 1 for key in sorted(keys)[1:]]
        if column in later:
            return self._look_up(
                f'SELECT "{column}"::text FROM "{table.name}" ORDER BY 1 OFFSET {97 * (chance + 1)} LIMIT 1'
            )
        value = f'"{column}"'
        if kind in {"timestamp with time zone", "date"} and any(i.exclusion for i in table.indexes):
            value += f" + interval '{100 + chance} years'"
        return self._look_up(f'SELECT ({value})::text FROM "{table.name}" WHERE {row} ORDER BY {order} LIMIT 1')

    def value(self, use: ParameterUse, kind: str) -> str | None:
        """Return what a planner should see in a parameter: a usual page, and the most common word."""
        return self._value(use, kind, busy=use.role is Role.SEARCH)

    def _value(self, use: ParameterUse, kind: str, *, busy: bool) -> str | None:
        match use.role:
            case Role.LIMIT:
                return str((LARGEST_PAGE if busy else PAGE) + 1)
            case Role.OFFSET:
                return "2000" if busy else "0"
            case Role.SEARCH:
                return self.words or self.word(busy=busy)
            case Role.BELOW:
                return HIGHEST.get(kind)
            case Role.ABOVE:
                return LOWEST.get(kind)
            case Role.PATTERN:
                return f"{(self._popular(use.table, use.column, busy=busy) or '')[:4]}%"
        return self._popular(use.table, use.column, busy=busy)

    def word(self, *, busy: bool) -> str:
        """Return a word to search for: the most common one, or the least common of those that the statistics know."""
        found = self._look_up(f"{COMMON_WORDS} ORDER BY share {'DESC' if busy else 'ASC'}, word LIMIT 1")
        return found or "word"

    def words_apart(self) -> str:
        """Return two common words that no row has both of, '' where the rows have none."""
        for table, column in self._searched():
            of_column = f"tablename = '{table}' AND attname = '{column}' ORDER BY share DESC, word LIMIT {PAIRED}"
            common = self.session.value(f"SELECT array_agg(word) FROM ({COMMON_WORDS} AND {of_column}) AS common")
            for one, other in combinations(common or (), 2):
                both = f"plainto_tsquery('simple', {literal(one + ' ' + other)})"
                if not self.session.value(f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}" @@ {both})'):
                    return f"{one} {other}"
        return ""

    def _searched(self) -> list[tuple[str, str]]:
        columns = (
            (table.name, c.name) for table in self.tables for c in table.columns.values() if c.type == "tsvector"
        )
        return list(columns)

    def _popular(self, table: str, column: str, *, busy: bool) -> str | None:
        """Return the value that most rows have, or one that is met as often as most."""
        if self.tables.by_name[table].is_key(column):
            children = [t for t, k in self.tables.pointing_at(table) if k.target_columns == (column,)]
            largest = max(children, key=lambda t: t.rows, default=None)
            key = next((k for k, target in largest.foreign_keys if target == table), None) if largest else None
            if largest and key and largest.name != table and not largest.is_key(key.columns[0]):
                return self._popular(largest.name, key.columns[0], busy=busy)
        counted = f'SELECT "{column}" AS v, count(*) AS n FROM "{table}" WHERE "{column}" IS NOT NULL GROUP BY 1'
        place = "0" if busy else "(SELECT count(*) / 2 FROM counted)"
        return self._look_up(
            f"WITH counted AS ({counted}) SELECT v::text FROM counted ORDER BY n DESC, v OFFSET {place} LIMIT 1"
        )

    def _alone(self, anchor: ParameterUse) -> str | None:
        """Return the value of a row that nothing refers to, for deletes that any reference would refuse."""
        pointing = [
            f'NOT EXISTS (SELECT FROM "{table.name}" c WHERE c."{key.columns[0]}" = t."{key.target_columns[0]}")'
            for table, key in self.tables.pointing_at(anchor.table)
        ]
        where = " AND ".join(pointing) or "true"
        return self._look_up(f'SELECT t."{anchor.column}"::text FROM "{anchor.table}" t WHERE {where} LIMIT 1')

    def _fits(self, use: ParameterUse, kind: str) -> bool:
        """Return whether a parameter is what a column stores, and not a condition beside it (CASE WHEN $5 THEN …)."""
        return kind != "boolean" or self.tables.by_name[use.table].type_of(use.column) == "boolean"

    def _other(self, anchor: ParameterUse, column: str, value: str | None) -> str | None:
        return self._look_up(
            f'SELECT "{column}"::text FROM "{anchor.table}" WHERE "{anchor.column}"::text = {literal(value)} LIMIT 1'
        )

    def _untied(self, kind: str, *, busy: bool, chance: int) -> str | None:
        """Return a value by type alone: what nobody compares, or only with nothing; an empty list comes last."""
        if kind == "uuid" and self.accounts:
            return self._popular(self.accounts, "id", busy=busy)
        if kind.endswith("[]"):
            if chance == CHANCES - 1:
                return "{}"
            element = ELEMENTS.get(kind.removesuffix("[]"), "x")
            return f'{{"{element}"}}'
        return PLAIN.get(kind, "1") or None

    def _is_key(self, use: ParameterUse) -> bool:
        return self.tables.by_name[use.table].is_key(use.column)

    def _rows(self, table: str) -> float:
        found = self.tables.get(table)
        return found.rows if found else 0.0

    def _look_up(self, sql: str) -> str | None:
        if sql not in self._known:
            value = self.session.value(sql)
            self._known[sql] = None if value is None else str(value)
        return self._known[sql]


def as_list(value: str | None) -> str | None:
    """Return the text of an array that has this one element, as PostgreSQL reads it; None stays none."""
    if value is None:
        return None
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{"{quoted}"}}'


def literal(value: str | None, kind: str = "text") -> str:
    """Return a value as SQL of a type."""
    if value is None:
        return f"NULL::{kind}"
    escaped = value.replace("'", "''")
    text = f"E'{escaped.replace(chr(92), chr(92) * 2)}'" if "\\" in escaped else f"'{escaped}'"
    return f"{text}::{kind}"
