"""Rows that a proof needs, put straight into the database: usual ones, the owner's where they belong to somebody."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import Design, Edge, Entity, Field, FieldType, Row, RowAction
from backend_architect.design.ranges import ranges_of
from backend_architect.design.routes import nested_under
from backend_architect.design.sample_numbers import usual_number
from backend_architect.design.samples import numbered_sample, sample
from backend_architect.postgres import Session

Values = Mapping[str, object]


class Rows:
    """Makes rows of one design in one database; values are given and returned by column, as JSON holds them."""

    def __init__(self, design: Design, database: Session) -> None:
        self.design = design
        self.database = database
        self._numbers = count(1)

    def make(self, name: str, owner: str, given: Values | None = None) -> str:
        """Return the id of a new row of an entity, with all that it points at; an edge has none and gives ''."""
        row = self._row(name)
        values = {**self._usual(row, owner, given or {}), **(given or {})}
        columns = ", ".join(f'"{column}"' for column in values) or "id"
        table = f'"{row.table}"'
        source = (
            f"SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1::jsonb)" if values else "DEFAULT VALUES"
        )
        insert = f"INSERT INTO {table} ({columns}) {source}" if values else f"INSERT INTO {table} {source}"
        if isinstance(row, Edge):
            self.database.run(insert, json.dumps(values))
            return ""
        arguments = [json.dumps(values)] if values else []
        return str(self.database.value(f"{insert} RETURNING id", *arguments))

    def fill(self, name: str, identity: str) -> None:
        """Give a row a value in each optional field that a rule hides and that has none yet."""
        row, stored = self._row(name), self.read(self._row(name).table, identity) or {}
        hidden = [item for item in row.fields.values() if item.optional and item.read and not item.is_reference]
        values = {item.column: self._value(row, item, identity) for item in hidden if stored.get(item.column) is None}
        for column in values:
            taken = f'(jsonb_populate_record(NULL::"{row.table}", $2::jsonb))."{column}"'
            change = f'UPDATE "{row.table}" SET "{column}" = {taken} WHERE id = $1::text::uuid'
            self.database.run(change, identity, json.dumps(values))

    def copies(self, name: str, identity: str, number: int) -> list[str]:
        """Return the ids of new rows of an entity like one that is there, but for what keeps rows apart."""
        row, stored = self._row(name), self.read(self._row(name).table, identity) or {}
        usual = {item.column: stored.get(item.column) for item in row.fields.values()}
        apart = [row.fields[name] for name in distinct_fields(row)]
        made = [
            {**usual, **{item.column: self._new(item) for item in apart}, **self._spans(row, set(row.fields), {})}
            for _ in range(number)
        ]
        columns = ", ".join(f'"{column}"' for column in usual)
        source = f'jsonb_populate_recordset(NULL::"{row.table}", $1::text::jsonb)'
        insert = f'INSERT INTO "{row.table}" ({columns}) SELECT {columns} FROM {source} RETURNING id::text AS id'
        return [str(each["id"]) for each in self.database.fetch(insert, json.dumps(made))]

    def body(self, name: str, owner: str) -> dict[str, object]:
        """Return what a client sends to make a row: the fields that it must send, and those that keep rows apart."""
        row = self._row(name)
        fields = row.accepted("create") if isinstance(row, Entity) else tuple(row.extra.values())
        parent = nested_under(self.design, row) if isinstance(row, Entity) else None
        apart = distinct_fields(row)
        wanted = [f for f in fields if f is not parent and not f.optional and (f.default is None or f.name in apart)]
        values = {item.column: self._value(row, item, owner) for item in wanted}
        return values | self._spans(row, {f.name for f in wanted}, values)

    def sent(self, row: Entity, action: RowAction, owner: str) -> dict[str, object] | None:
        """Return what a client sends to an action, all that it may; None where it takes nothing."""
        taken = row.taken(action)
        return {item.column: self._value(row, item, owner) for item in taken} if taken else None

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return int(self.database.value(f'SELECT count(*) FROM "{table}"'))

    def read(self, table: str, identity: str) -> dict[str, object] | None:
        """Return a row as JSON holds it, or None."""
        found = self.database.value(f'SELECT to_jsonb(t) FROM "{table}" t WHERE t.id = $1::text::uuid', identity)
        return dict(json.loads(found)) if found else None

    def identity(self) -> str:
        """Return an id that no row has."""
        return str(self.database.value("SELECT uuidv7()"))

    def _row(self, name: str) -> Row:
        return self.design.entities.get(name) or self.design.edges[name]

    def _usual(self, row: Row, owner: str, given: Values) -> dict[str, object]:
        values: dict[str, object] = {}
        for item in row.fields.values():
            if item.column in given:
                continue
            if item.set == "me":
                values[item.column] = owner
            elif not item.optional or (item.read and not item.is_reference):  # what is hidden needs a value to hide
                values[item.column] = self._value(row, item, owner)
        spans = self._spans(row, set(row.fields), {**values, **given})
        return values | {k: v for k, v in spans.items() if k not in given}

    def _value(self, row: Row, item: Field, owner: str) -> object:
        if item.is_reference:
            return self.make(item.to or "", owner)
        if item.type is FieldType.FILE:
            return f"{row.plural}.{item.name}/{owner}/{self.identity()}"
        if item.name in distinct_fields(row):
            return self._new(item)
        usual = usual_number(self.design, row, item)
        return sample(item) if usual is None else usual

    def _new(self, item: Field) -> object:
        """Return a value that no other row has."""
        return self.identity() if item.type is FieldType.UUID else numbered_sample(item, next(self._numbers))

    def _spans(self, row: Row, wanted: set[str], made: Values) -> dict[str, object]:
        """Return beginnings and ends that come after every earlier one, so that no two rows overlap.

        Where the row belongs to one with a range of its own, it takes that: it may have to lie within it.
        """
        values: dict[str, object] = {}
        outer = self._outer_span(row, made)
        for end, start in ranges_of(row).items():
            if not {start, end} & wanted:
                continue
            if outer:
                values |= {row.fields[start].column: outer[0], row.fields[end].column: outer[1]}
                continue
            first = datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=2 * next(self._numbers))
            texts = [first, first + timedelta(days=1)]
            is_date = row.fields[start].type is FieldType.DATE
            shown = [str(moment.date()) if is_date else moment.isoformat() for moment in texts]
            values |= {row.fields[start].column: shown[0], row.fields[end].column: shown[1]}
        return values

    def _outer_span(self, row: Row, made: Values) -> tuple[object, object] | None:
        """Return the range of the first row that this one points at and that has one."""
        for item in row.references:
            target = self.design.entities.get(item.to or "")
            spans = ranges_of(target) if target else {}
            identity = made.get(item.column)
            if target and spans and identity and target is not row:
                found = self.read(target.table, str(identity)) or {}
                end, start = next(iter(spans.items()))
                return found.get(start), found.get(end)
        return None
