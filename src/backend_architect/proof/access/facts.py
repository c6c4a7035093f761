"""What the tables hold and what the rules say of it, read once while nothing changes."""

import json
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from backend_architect.design.model import Count, Edge, Entity, ListSpec, Row
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona

Values = dict[str, object]
Who = tuple[str, frozenset[str]]


class RememberedAnswers:
    """Answers from memory what was asked before: make another one once rows have changed.

    `wide` asks a rule of all rows of a table at once, for lists; else only of the rows in question.
    """

    def __init__(self, judge: Judge, *, wide: bool = False) -> None:
        self.judge = judge
        self.design = judge.design
        self.wide = wide
        self._rows: dict[tuple[str, str], Values | None] = {}
        self._tables: dict[str, dict[str, Values]] = {}
        self._said: dict[tuple[Who, str, str], tuple[set[str], set[str]]] = {}
        self._counts: dict[tuple[str, str], dict[str, int]] = {}
        self._edges: dict[tuple[Who, str, str], list[Values]] = {}
        self._lists: dict[tuple[str, str], list[str]] = {}
        self._asks: dict[tuple[Who, str], bool] = {}

    def table(self, row: Row) -> dict[str, Values]:
        """Return all rows of an entity's table by id, each by column."""
        if row.table not in self._tables:
            found = self.judge.database.fetch(f'SELECT to_jsonb(t)::text AS it FROM "{row.table}" AS t')
            rows = [loaded(each["it"]) for each in found]
            self._tables[row.table] = {str(each["id"]): each for each in rows}
        return self._tables[row.table]

    def row(self, row: Row, identity: str) -> Values | None:
        """Return a row by column, or None."""
        if self.wide:
            return self.table(row).get(identity)
        if (row.table, identity) not in self._rows:
            one = f'SELECT to_jsonb(t)::text FROM "{row.table}" AS t WHERE t.id = $1::text::uuid'
            text = self.judge.database.value(one, identity)
            self._rows[row.table, identity] = loaded(text) if text else None
        return self._rows[row.table, identity]

    def holds(self, persona: Persona, row: Row, rule: str, identity: str) -> bool:
        """Return whether a rule holds for a row."""
        return identity in self.those(persona, row, rule, [identity])

    def may(self, persona: Persona, row: Row, identity: str) -> bool:
        """Return whether somebody may read a row."""
        return self.holds(persona, row, row.allow.get("read", "nobody"), identity)

    def those(self, persona: Persona, row: Row, rule: str, identities: Collection[str]) -> set[str]:
        """Return those of the rows for which a rule holds."""
        asked, held = self._said.setdefault((_who(persona), row.name, rule), (set(), set()))
        unknown = set(identities) - asked
        if unknown:
            unknown |= set(self.table(row)) if self.wide else set()
            held |= self.judge.those(persona, row, rule, sorted(unknown))
            asked |= unknown
        return held & set(identities)

    def lets_ask(self, persona: Persona, rule: str) -> bool:
        """Return whether a rule of the caller alone holds."""
        key = (_who(persona), rule)
        if key not in self._asks:
            self._asks[key] = self.judge.lets_ask(persona, rule)
        return self._asks[key]

    def count(self, entity: Entity, count: Count, identity: str) -> int:
        """Return the number of rows that a count counts."""
        source = self.design.rows_by_plural[count.source]
        column = source.fields[count.via].column
        where, values = ("", []) if self.wide else (f'WHERE "{column}" = $1::text::uuid', [identity])
        key = (entity.name, count.name if self.wide else f"{count.name} {identity}")
        if key not in self._counts:
            grouped = f'SELECT "{column}"::text AS id, count(*) AS n FROM "{source.table}" {where} GROUP BY 1'
            rows = self.judge.database.fetch(grouped, *values)
            self._counts[key] = {str(each["id"]): int(each["n"]) for each in rows}
        return self._counts[key].get(identity, 0)

    def edges(self, persona: Persona, edge: Edge, rule: str) -> list[Values]:
        """Return the rows of an edge for which a rule holds."""
        key = (_who(persona), edge.name, rule)
        if key not in self._edges:
            if edge.table not in self._tables:
                found = self.judge.database.fetch(f'SELECT to_jsonb(t)::text AS it FROM "{edge.table}" AS t')
                self._tables[edge.table] = {str(number): loaded(each["it"]) for number, each in enumerate(found)}
            rows = list(self._tables[edge.table].values())
            held = self.judge.of_values(persona, edge, rule, rows)
            self._edges[key] = [row for row, holds in zip(rows, held, strict=True) if holds]
        return self._edges[key]

    def listed(self, persona: Persona, spec: ListSpec, entity: Entity, parent: str) -> list[str]:
        """Return the ids of the rows of a list's parent, in the list's order, whoever may read them.

        A row that an edge leads to belongs to the parent as far as the caller may read the edge.
        """
        down = -1 if spec.order.descending else 1
        if spec.through:
            edge = self.design.rows_by_plural[spec.through[0]]
            assert isinstance(edge, Edge)
            side = edge.fields[spec.through[1]]
            readable = self.edges(persona, edge, edge.allow.get("read", "nobody"))
            rows = [row for row in readable if row[side.column] == parent]
            other = edge.other(side).column
            return [str(row[other]) for row in sorted(rows, key=lambda row: (row["created_at"], row[other]))[::down]]
        key = (spec.name, parent)
        if key not in self._lists:
            self._lists[key] = self._in_order(spec, entity, parent)
        return self._lists[key]

    def _in_order(self, spec: ListSpec, entity: Entity, parent: str) -> list[str]:
        where = f't."{entity.fields[spec.by].column}" = $1::text::uuid' if spec.by else "true"
        down = " DESC" if spec.order.descending else ""
        sql = f'SELECT t.id::text AS id FROM "{entity.table}" AS t WHERE {where}'
        sql += f" ORDER BY {self._order(entity, spec)}{down}, t.id{down}"
        return [str(each["id"]) for each in self.judge.database.fetch(sql, *([parent] if spec.by else []))]

    def _order(self, entity: Entity, spec: ListSpec) -> str:
        count = entity.counts.get(spec.order.field)
        if count is None:
            item = entity.fields.get(spec.order.field)
            return f't."{item.column if item else spec.order.field}"'
        source = self.design.rows_by_plural[count.source]
        return f'(SELECT count(*) FROM "{source.table}" AS s WHERE s."{source.fields[count.via].column}" = t.id)'


def _who(persona: Persona) -> Who:
    return persona.actor.id, persona.roles


def loaded(text: str) -> Values:
    """Return a row that PostgreSQL gave as JSON; no digit of a number is lost."""
    found: Values = json.loads(text, parse_float=Decimal)
    return found


def many(words: Iterable[str], most: int = 3) -> str:
    """Return the first of some words, and how many more there are."""
    all_of: Sequence[str] = list(words)
    more = f" and {len(all_of) - most} more" if len(all_of) > most else ""
    return "; ".join(all_of[:most]) + more
