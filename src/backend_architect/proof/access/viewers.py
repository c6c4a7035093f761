"""Who may ask for a list, and as whom it is seen."""

from dataclasses import replace

from backend_architect.proof.access.facts import RememberedAnswers
from backend_architect.proof.access.list_rows import Shelf
from backend_architect.proof.access.pages import Search, Shown
from backend_architect.proof.access.personas import Persona


def viewer_of(facts: RememberedAnswers, shelf: Shelf, persona: Persona) -> Persona:
    """Return as whom a list is seen: one that is kept for all is made as for nobody."""
    if not is_shared(facts, shelf):
        return persona
    return Persona("anonymous", replace(persona.actor, id="", token=""))


def is_shared(facts: RememberedAnswers, shelf: Shelf) -> bool:
    """Return whether one answer of the list is given to all: it is cached, and nobody needs to have signed in."""
    needs_caller = facts.judge.needs_caller(None, shelf.spec.allow)
    return bool(shelf.spec.cache_seconds) and not needs_caller and not _where_needs_caller(facts, shelf)


def by_rights(facts: RememberedAnswers, shelf: Shelf, people: tuple[Persona, ...]) -> list[Persona]:
    """Return those who may ask for the list; who may read most of it comes first."""
    for_all = not _where_needs_caller(facts, shelf)
    asking = [each for each in people if facts.lets_ask(each, shelf.spec.allow) and (each.me or for_all)]
    seen = {each.name: Shown(facts, shelf, each) for each in asking}
    found = {name: shown.readable(shown.found(shelf.parents[0], Search())) for name, shown in seen.items()}
    return sorted(asking, key=lambda each: -len(found[each.name]))


def _where_needs_caller(facts: RememberedAnswers, shelf: Shelf) -> bool:
    where = shelf.spec.where
    return where is not None and facts.judge.needs_caller(shelf.design.row, where)
