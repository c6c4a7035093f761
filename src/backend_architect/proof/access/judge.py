"""What the design's rules say of a row and a caller, asked of the database: the truth where an access table is silent.

The rule is compiled from backend.yaml alone and counts what the tables hold, so that it shares no text with the code of
the project.
"""

import json
from collections.abc import Mapping, Sequence

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Action, Edge, Entity, Field, Row
from backend_architect.design.truth import needs_caller
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.backend import Backend
from backend_architect.queries.context import hops
from backend_architect.queries.text import Statement


class Judge:
    """Answers for one design, over the rows of one backend."""

    def __init__(self, backend: Backend) -> None:
        self.design = backend.design
        self.database = backend.database

    def may(self, persona: Persona, row: Row, action: Action, identity: str) -> bool:
        """Return whether the rule for an action holds for an existing row."""
        return self.holds(persona, row, row.allow.get(action, "nobody"), identity)

    def holds(self, persona: Persona, row: Row, rule: str, identity: str) -> bool:
        """Return whether a rule of a row's kind holds for the row with this id."""
        return identity in self.those(persona, row, rule, [identity])

    def those(self, persona: Persona, row: Row, rule: str, identities: Sequence[str]) -> set[str]:
        """Return those of the rows, by id, for which a rule of their kind holds."""
        statement = Statement()
        text = statement.rule(resolve_rule(self.design, row, rule))
        place = statement.value("identities", "")
        found = f'SELECT id::text AS id FROM "{row.table}" WHERE id = ANY({place}::text[]::uuid[]) AND ({text}) IS TRUE'
        return {each["id"] for each in self.database.fetch(found, *_viewer(persona, statement), list(identities))}

    def may_make(self, persona: Persona, row: Row, values: Mapping[str, object]) -> bool:
        """Return whether the rule for creation holds for a new row, and the caller may read what it points at."""
        tree = resolve_rule(self.design, row, row.allow.get("create", "nobody"), alias="new")
        statement = Statement()
        text = statement.rule(tree)
        place = statement.value("values", "")
        filled = {**_defaults(row, persona), **values}
        sql = f'SELECT ({text}) IS TRUE FROM jsonb_populate_record(NULL::"{row.table}", {place}::text::jsonb) AS new'
        if not self.database.value(sql, *_viewer(persona, statement), json.dumps(filled)):
            return False
        return all(self._readable(persona, item, filled) for item in row.references if item.name not in hops(tree))

    def of_values(self, persona: Persona, row: Row, rule: str, rows: Sequence[Mapping[str, object]]) -> list[bool]:
        """Return for each of some rows, given by their values, whether a rule of their kind holds."""
        statement = Statement()
        text = statement.rule(resolve_rule(self.design, row, rule, alias="new"))
        place = statement.value("values", "")
        sql = (
            f"SELECT ({text}) IS TRUE AS held FROM jsonb_array_elements({place}::text::jsonb) WITH ORDINALITY AS each, "
            f'LATERAL jsonb_populate_record(NULL::"{row.table}", each.value) AS new ORDER BY each.ordinality'
        )
        found = self.database.fetch(sql, *_viewer(persona, statement), json.dumps(list(rows), default=float))
        return [bool(one["held"]) for one in found]

    def lets_ask(self, persona: Persona, rule: str) -> bool:
        """Return whether a rule of the caller alone holds."""
        statement = Statement()
        text = statement.rule(resolve_rule(self.design, None, rule))
        return bool(self.database.value(f"SELECT ({text}) IS TRUE", *_viewer(persona, statement)))

    def needs_caller(self, row: Row | None, rule: str) -> bool:
        """Return whether nobody who has not signed in can ever fulfil the rule."""
        return needs_caller(self.design, row, rule)

    def _readable(self, persona: Persona, item: Field, values: Mapping[str, object]) -> bool:
        identity = values.get(item.column)
        if identity is None or item.set is not None:
            return True
        return self.may(persona, self.design.entities[item.to or ""], "read", str(identity))


def _viewer(persona: Persona, statement: Statement) -> list[object]:
    """Return the values of the viewer's parameters, which come first."""
    known: dict[str, object] = {"me": persona.me} | {f"is_{role}": True for role in persona.roles}
    names = [param.name for param in statement.params if param.name not in {"identities", "values"}]
    return [known.get(name, None if name == "me" else False) for name in names]


def _defaults(row: Row, persona: Persona) -> dict[str, object]:
    """Return what the server fills in by itself: defaults, and the caller."""
    fields = row.fields.values() if isinstance(row, Entity | Edge) else ()
    found = {item.column: item.default for item in fields if item.default is not None}
    return {**found, **{item.column: persona.me for item in fields if item.set == "me"}}
