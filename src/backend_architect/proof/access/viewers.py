"""Who may ask for a list, and as whom it is seen."""

from dataclasses import replace

from backend_architect.proof.access.facts import RememberedAnswers
from backend_architect.proof.access.list_rows import ListRows
from backend_architect.proof.access.pages import Search, Shown
from backend_architect.proof.access.personas import Persona


def viewer_of(facts: RememberedAnswers, list_rows: ListRows, persona: Persona) -> Persona:
    """Return as whom a list is seen: one that is kept for all is made as for nobody."""
    if not is_shared(facts, list_rows):
        return persona
    return Persona("anonymous", replace(persona.actor, id="", token=""))


def is_shared(facts: RememberedAnswers, list_rows: ListRows) -> bool:
    """Return whether one answer of the list is given to all: it is cached, and nobody needs to have signed in."""
    needs_caller = facts.judge.needs_caller(None, list_rows.spec.allow)
    return bool(list_rows.spec.cache_seconds) and not needs_caller and not _where_needs_caller(facts, list_rows)


def by_rights(facts: RememberedAnswers, list_rows: ListRows, people: tuple[Persona, ...]) -> list[Persona]:
    """Return those who may ask for the list; who may read most of it comes first."""
    for_all = not _where_needs_caller(facts, list_rows)
    asking = [each for each in people if facts.lets_ask(each, list_rows.spec.allow) and (each.me or for_all)]
    seen = {each.name: Shown(facts, list_rows, each) for each in asking}
    found = {name: shown.readable(shown.found(list_rows.parents[0], Search())) for name, shown in seen.items()}
    return sorted(asking, key=lambda each: -len(found[each.name]))


def _where_needs_caller(facts: RememberedAnswers, list_rows: ListRows) -> bool:
    where = list_rows.spec.where
    return where is not None and facts.judge.needs_caller(list_rows.design.row, where)
