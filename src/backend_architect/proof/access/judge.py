"""What the design's rules say of a row and a caller: asked of the oracle, which reads backend.yaml for itself.

The compiled reading, from which the project's own code and access tables come, is never asked: it would agree with
itself. `backend_architect.oracle` gives each rule's text to PostgreSQL, over the rows of this backend.
"""

import json
from collections.abc import Mapping, Sequence

from backend_architect.design.model import Action, Row, RowAction
from backend_architect.oracle import Caller, Oracle
from backend_architect.oracle.rewriting import expression_sql
from backend_architect.oracle.rule_inputs import look
from backend_architect.oracle.scopes import Names
from backend_architect.oracle.taken import taken_scope
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.backend import Backend


class Judge:
    """Answers for one design, over the rows of one backend."""

    def __init__(self, backend: Backend) -> None:
        self.design = backend.design
        self.database = backend.database
        self.oracle = Oracle(backend.database, backend.design)

    def may(self, persona: Persona, row: Row, action: Action, identity: str) -> bool:
        """Return whether the rule for an action holds for an existing row."""
        return self.oracle.may(_caller(persona), row, action, identity)

    def holds(self, persona: Persona, row: Row, rule: str, identity: str) -> bool:
        """Return whether a rule of a row's kind holds for the row with this id."""
        return identity in self.those(persona, row, rule, [identity])

    def those(self, persona: Persona, row: Row, rule: str, identities: Sequence[str]) -> set[str]:
        """Return those of the rows, by id, for which a rule of their kind holds."""
        return self.oracle.those(_caller(persona), row, rule, identities)

    def may_make(self, persona: Persona, row: Row, values: Mapping[str, object]) -> bool:
        """Return whether the rule for creation holds for a new row, and the caller may read what it points at."""
        return self.oracle.may_make(_caller(persona), row, values)

    def may_change(self, persona: Persona, row: Row, identity: str, values: Mapping[str, object]) -> bool:
        """Return whether the rule for updates holds for a row before and after, and for what it then points at."""
        return self.oracle.may_change(_caller(persona), row, identity, values)

    def of_values(self, persona: Persona, row: Row, rule: str, rows: Sequence[Mapping[str, object]]) -> list[bool]:
        """Return for each of some rows, given by their values, whether a rule of their kind holds."""
        given = json.loads(json.dumps(list(rows), default=float))
        return [said is True for said in self.oracle.of_each(_caller(persona), row, rule, given)]

    def holds_of_action(
        self,
        persona: Persona,
        row: Row,
        action: RowAction,
        rule: str,
        *,
        identity: str,
        sent: Mapping[str, object],
    ) -> bool:
        """Return whether a rule or a condition of an action holds for a row and what is sent."""
        return self.oracle.of_action(_caller(persona), row, action, rule, identity=identity, sent=sent) is True

    def looked_through(self, row: Row, action: RowAction) -> frozenset[str]:
        """Return the relations among what an action takes that its rule or a condition looks through."""
        names = [Names(self.design) for _ in (action.allow, *action.needs)]
        texts = (action.allow, *(need.rule for need in action.needs.values()))
        for each, text in zip(names, texts, strict=True):
            expression_sql(self.design, row, text, each, taken_scope(action))
        return frozenset(name for each in names for path, name in each.followed if path is None)

    def lets_ask(self, persona: Persona, rule: str) -> bool:
        """Return whether a rule of the caller alone holds."""
        return self.oracle.of_caller(_caller(persona), rule) is True

    def looks_through(self, row: Row, rule: str) -> frozenset[str]:
        """Return the relations of a row through which a rule looks: it decides by itself what they may point at."""
        return look(self.design, row, rule).relations_followed

    def needs_caller(self, row: Row | None, rule: str) -> bool:
        """Return whether nobody who has not signed in can ever fulfil the rule."""
        return self.oracle.needs_caller(row, rule)


def _caller(persona: Persona) -> Caller:
    return Caller(persona.me, persona.roles)
