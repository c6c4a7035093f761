"""A modest guess for a noun that the catalogue does not know."""

from dataclasses import dataclass

from backend_architect.design.names import words
from backend_architect.patterns.pattern import Fragment

ROWS_PER_USER = 20
DESCRIBED: Fragment = {
    "name": {"type": "text", "min": 1, "max": 200},
    "description": {"type": "text", "max": 5000, "optional": True},
}


@dataclass(frozen=True, slots=True)
class Guessed:
    """An unknown noun, and who sees it.

    Its owner does; the members of `team`, when the design has teams; else anyone, when another pattern is about it
    (`opened`). Without accounts (`owned` is False) it is open to all.
    """

    noun: str
    owned: bool
    opened: bool
    plural: str
    team: str | None = None


def noun_fragment(guess: Guessed) -> Fragment:
    """Return a plain entity with its lists."""
    plural = guess.plural
    everybody = not guess.owned or (guess.opened and not guess.team)
    newest: Fragment = {"of": guess.noun, "order": "newest", "allow": "anyone" if everybody else "signed_in"}
    lists: Fragment = {plural: newest if everybody else newest | {"where": "visible"}}
    if guess.team:
        lists[f"{plural} of {guess.team}"] = newest | {"by": guess.team}
    return {"entities": {guess.noun: _owned(guess) if guess.owned else _unowned()}, "lists": lists}


def _owned(guess: Guessed) -> Fragment:
    owner: Fragment = {"to": "user", "set": "me", "on_delete": "cascade"}
    shared = {guess.team: {"to": guess.team, "on_delete": "cascade"}} if guess.team else {}
    visible = "anyone" if guess.opened else "mine"
    create = "signed_in"
    if guess.team:
        visible, create = f"mine or {guess.team}.member", f"signed_in and {guess.team}.member"
    return {
        "fields": {"owner": owner} | shared | DESCRIBED,
        "rules": {"mine": "owner = me", "visible": visible},
        "allow": {"read": "visible", "create": create, "update": "mine", "delete": "mine"},
        "accepts": {"create": [*shared, *DESCRIBED], "update": [*DESCRIBED]},
    }


def _unowned() -> Fragment:
    allow = {"read": "visible", "create": "anyone"}
    return {"fields": dict(DESCRIBED), "rules": {"visible": "anyone"}, "allow": allow}


def noun_assumption(guess: Guessed) -> str:
    """Return what was guessed about the noun, for a person to confirm."""
    plural = words(guess.plural)
    if not guess.owned:
        return f"{plural} have a name and a description; anyone reads and adds them, nobody changes them"
    have = f"{plural} have a name, a description and an owner"
    if guess.team:
        return f"{have}, and are seen by the members of their {words(guess.team)}"
    return f"{have}, and anyone may read them" if guess.opened else f"{have}, who alone sees and changes them"
