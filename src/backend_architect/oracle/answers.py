"""The oracle's answers: who may do what with which row, by the rules' own text over what the database holds."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend_architect.design.model import Action, Design, Entity, Row, RowAction
from backend_architect.oracle.anonymous import needs_caller, split
from backend_architect.oracle.installation import oracle_sql
from backend_architect.oracle.rewriting import closing, condition_sql, expression_sql, over_row
from backend_architect.oracle.rule_inputs import look
from backend_architect.oracle.scopes import SCHEMA, here
from backend_architect.oracle.taken import taken_scope, taken_source
from backend_architect.oracle.tokens import tokens_of

Values = Mapping[str, object]


class Database(Protocol):
    """What the oracle needs of a connection; `postgres.Session` is one."""

    def value(self, sql: str, *args: object) -> Any:
        """Return the first column of the first row, or None."""

    def run(self, sql: str, *args: object) -> None:
        """Run a statement, or without arguments several of them."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an account's id, or None for somebody who has not signed in, and the roles held."""

    me: str | None = None
    roles: frozenset[str] = frozenset()


NOBODY = Caller()


class Oracle:
    """Answers for one design over one database, whose schema `oracle` is made by the first who asks.

    Rows that are not stored are given by the names of columns, as a client sends them: `author_id`.
    """

    def __init__(self, database: Database, design: Design, *, tables: str = "public") -> None:
        self.design = design
        self.database = database
        install(database, design, tables=tables)

    def may(self, caller: Caller, row: Row, action: Action, identity: str) -> bool:
        """Return whether the rule for an action holds for a stored row; an action without a rule is nobody's."""
        return identity in self.those(caller, row, row.allow.get(action, "nobody"), [identity])

    def visible(self, caller: Caller, row: Row, identities: Sequence[str]) -> set[str]:
        """Return those of the rows, by id, which the caller may read."""
        return self.those(caller, row, row.allow.get("read", "nobody"), identities)

    def those(self, caller: Caller, row: Row, rule: str, identities: Sequence[str]) -> set[str]:
        """Return those of the rows, by id, for which a rule of their kind holds."""
        value = over_row(row, condition_sql(self.design, row, rule), "each")
        wanted = "id IN (SELECT value::uuid FROM jsonb_array_elements_text($1))"
        found = f"SELECT jsonb_agg(id) FROM {here(row.plural)} AS each WHERE {wanted} AND ({value})"
        return set(self._asked(caller, found, list(identities)) or ())

    def values(self, caller: Caller, row: Row, text: str, identities: Sequence[str]) -> dict[str, Any]:
        """Return what an expression says of each of the rows, by id, as JSON."""
        value = over_row(row, expression_sql(self.design, row, text), "each")
        wanted = "id IN (SELECT value::uuid FROM jsonb_array_elements_text($1))"
        found = f"SELECT jsonb_object_agg(id, ({value})) FROM {here(row.plural)} AS each WHERE {wanted}"
        return self._asked(caller, found, list(identities)) or {}

    def of_new(self, caller: Caller, row: Row, text: str, values: Values) -> Any:
        """Return what an expression says of a row that is not stored, as JSON."""
        new = f"jsonb_populate_record(NULL::{here(row.plural)}, $1)"
        value = over_row(row, expression_sql(self.design, row, text), new)
        return self._asked(caller, f"SELECT to_jsonb(({value}))", _named(row, values))

    def of_each(self, caller: Caller, row: Row, text: str, rows: Sequence[Values]) -> list[Any]:
        """Return what an expression says of each of some rows that are given by their values, as JSON."""
        new = f"jsonb_populate_record(NULL::{here(row.plural)}, given.value)"
        value = over_row(row, expression_sql(self.design, row, text), new)
        given = "jsonb_array_elements($1) WITH ORDINALITY AS given"
        found = f"SELECT jsonb_agg(({value}) ORDER BY given.ordinality) FROM {given}"
        return self._asked(caller, found, [_named(row, values) for values in rows]) or []

    def of_changed(self, caller: Caller, row: Row, text: str, identity: str, values: Values) -> Any:
        """Return what an expression says of a stored row as it would be with these values, as JSON."""
        changed = "jsonb_populate_record(each, $1->'values')"
        value = over_row(row, expression_sql(self.design, row, text), changed)
        found = f"SELECT to_jsonb(({value})) FROM {here(row.plural)} AS each WHERE id = ($1->>'id')::uuid"
        return self._asked(caller, found, {"id": identity, "values": _named(row, values)})

    def of_action(self, caller: Caller, row: Row, action: RowAction, text: str, *, identity: str, sent: Values) -> Any:
        """Return what an expression of an action says of a stored row and of what a client sends, as JSON."""
        value = over_row(row, expression_sql(self.design, row, text, taken=taken_scope(action)), "each")
        value += taken_source(action, "($1->'sent')")
        found = f"SELECT to_jsonb(({value})) FROM {here(row.plural)} AS each WHERE id = ($1->>'id')::uuid"
        return self._asked(caller, found, {"id": identity, "sent": dict(sent)})

    def of_caller(self, caller: Caller, text: str) -> Any:
        """Return what an expression says that looks at no row, as JSON."""
        return self._asked(caller, f"SELECT to_jsonb(({expression_sql(self.design, None, text)}))", None)

    def needs_caller(self, row: Row | None, rule: str) -> bool:
        """Return whether nobody who has not signed in can ever fulfil the rule."""
        return needs_caller(self.design, row, rule)

    def new_row(self, caller: Caller, row: Row, sent: Values) -> dict[str, object]:
        """Return the row that a creation would store: what is sent, defaults, and what the server sets."""
        values = {item.column: item.default for item in row.fields.values() if item.default is not None} | dict(sent)
        for item in row.fields.values():
            if item.set is not None:
                values[item.column] = self.of_new(caller, row, item.set, values)
        return values

    def may_make(self, caller: Caller, row: Row, sent: Values) -> bool:
        """Return whether the rule for creation holds for a new row, and the caller may read what it points at."""
        values = self.new_row(caller, row, sent)
        rule = row.allow.get("create", "nobody")
        if self.of_new(caller, row, rule, values) is not True:
            return False
        return self._may_point(caller, row, [rule], {key: value for key, value in values.items() if key in sent})

    def may_change(self, caller: Caller, row: Row, identity: str, sent: Values) -> bool:
        """Return whether the rule for updates holds for a row before and after, and for what it then points at.

        A relation that changes is asked what a creation under the new target would be asked.
        """
        if not self.may(caller, row, "update", identity):
            return False
        rule = row.allow.get("after_update", row.allow.get("update", "nobody"))
        if self.of_changed(caller, row, rule, identity, sent) is not True:
            return False
        moved = self._moved(caller, row, identity, sent)
        asked = [part for part in self._parts_of_creation(row) if look(self.design, row, part).relations & moved.keys()]
        if not all(self.of_changed(caller, row, part, identity, sent) is True for part in asked):
            return False
        targets = {row.fields[name].column: target for name, target in moved.items()}
        return self._may_point(caller, row, [row.allow["update"], row.allow.get("create", "nobody")], targets)

    def may_read_targets(self, caller: Caller, row: Row, sent: Values) -> bool:
        """Return whether the caller may read each row that is pointed at, whatever the rules say of it."""
        return all(
            sent.get(item.column) is None
            or self.may(caller, self.design.entities[item.to or ""], "read", str(sent[item.column]))
            for item in row.references
            if item.set is None
        )

    def _moved(self, caller: Caller, row: Row, identity: str, sent: Values) -> dict[str, object]:
        """Return the relations that would point elsewhere, with their new targets."""
        given = {item.name: sent[item.column] for item in row.references if item.column in sent}
        before = {name: self.values(caller, row, name, [identity]).get(identity) for name in given}
        return {name: target for name, target in given.items() if target != before[name]}

    def _parts_of_creation(self, row: Row) -> list[str]:
        """Return what a creation is asked, one part for each `and`; rules of the row's own are taken apart too."""
        return _parts(row, row.allow["create"]) if "create" in row.allow else []

    def _may_point(self, caller: Caller, row: Row, rules: Sequence[str], sent: Values) -> bool:
        """Return whether the caller may read each row that is pointed at; a rule that looks at it decides by itself."""
        decided = {name for rule in rules for name in look(self.design, row, rule).relations_followed}
        left = {item.column for item in row.references if item.name not in decided}
        return self.may_read_targets(caller, row, {name: target for name, target in sent.items() if name in left})

    def _asked(self, caller: Caller, question: str, subject: object) -> Any:
        sql = f"SELECT {SCHEMA}.answer($1::text::uuid, $2::text[], $3, $4::text::jsonb)::text"
        roles = sorted(caller.roles)
        found = self.database.value(sql, caller.me, roles, question, None if subject is None else json.dumps(subject))
        return None if found is None else json.loads(found)


def _parts(row: Row, text: str, depth: int = 0) -> list[str]:
    tokens = tokens_of(text)
    while tokens and tokens[0].is_sign("(") and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    parts = split(tokens, "and") if len(split(tokens, "or")) == 1 else [tokens]
    if len(parts) == 1 and len(tokens) == 1 and tokens[0].text in row.rules and depth < 12:
        return _parts(row, row.rules[tokens[0].text], depth + 1)
    if len(parts) == 1:
        return [" ".join(map(str, tokens))]
    return [each for part in parts for each in _parts(row, " ".join(map(str, part)), depth + 1)]


def install(database: Database, design: Design, *, tables: str = "public") -> None:
    """Make the oracle's schema in the database, if it is not there already for just this design."""
    sql = oracle_sql(design, tables=tables)
    mark = hashlib.sha256(sql.encode()).hexdigest()
    known = "SELECT obj_description(to_regnamespace($1)::oid, 'pg_namespace')"
    if database.value(known, SCHEMA) != mark:
        database.run(f"{sql}\nCOMMENT ON SCHEMA {SCHEMA} IS '{mark}';")


def _named(row: Row, values: Values) -> dict[str, object]:
    """Return values by the design's names, for those that the row has."""
    names = {item.column: item.name for item in row.fields.values()}
    known = {*names.values(), *(("id", "created_at", "updated_at") if isinstance(row, Entity) else ("created_at",))}
    return {names.get(key, key): value for key, value in values.items() if names.get(key, key) in known}
