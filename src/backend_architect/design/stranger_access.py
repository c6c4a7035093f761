"""Who may do what with rows of others, as far as the rules say before any row exists."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Action, Design, Row
from backend_architect.design.rule_evaluation import ME, OTHER, KnownFacts, truth

MOST_HOPS = 12


def stranger_may_read(design: Design, row: Row, roles: frozenset[str] = frozenset()) -> bool:
    """Tell whether somebody who made nothing of it, and is in no team, may see a row."""
    tree = resolve_rule(design, row, row.allow.get("read", "nobody"))
    facts = KnownFacts(
        ME, roles, {row.table: _people(design, row, OTHER)}, _Parents(_related(design, row)), edges=False
    )
    return True in truth(tree, facts)


def anybody_may(design: Design, row: Row, action: Action) -> bool:
    """Tell whether there are rows with which somebody without a role may do this, whoever they are."""
    tree = resolve_rule(design, row, row.allow.get(action, "nobody"))
    return True in truth(tree, KnownFacts(ME))


def maker_may(design: Design, row: Row, action: Action, team: str) -> bool:
    """Tell whether who made a row may do this with it when they are no longer in the `team`, which others own."""
    tree = resolve_rule(design, row, row.allow.get(action, "nobody"))
    related = _Parents(_related(design, row, maker=ME, team=team))
    facts = KnownFacts(ME, frozenset(), {row.table: _people(design, row, ME, team)}, related, edges=False)
    return True in truth(tree, facts)


class _Parents(dict[tuple[str, str], Mapping[str, object]]):
    """What is known of the rows that a row leads to, however often a rule goes there (`project`, `project_2`)."""

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        """Return what is known of a relation of the row with this alias."""
        return super().get((re.sub(r"_\d+\Z", "", key[0]), key[1]), default)


def _people(design: Design, row: Row, person: str, team: str = "") -> Mapping[str, object]:
    """Return the columns that name people, each this one, and a `team` that there is; all else may be anything."""
    account = design.account.name if design.account else ""
    people: dict[str, object] = {item.column: person for item in row.references if item.to == account}
    people |= {item.column: OTHER for item in row.references if team and item.to == team}
    return people | ({"id": person} if row.name == account else {})


def _related(
    design: Design, row: Row, alias: str = "", hops: int = 0, *, maker: str = OTHER, team: str = ""
) -> Iterator[tuple[tuple[str, str], Mapping[str, object]]]:
    alias = alias or row.table
    for item in row.references:
        target = design.entities.get(item.to or "")
        if target and target is not row and hops < MOST_HOPS:
            person = OTHER if target.name == team else maker
            yield (alias, item.name), _people(design, target, person, team)
            yield from _related(design, target, item.name, hops + 1, maker=maker, team=team)
