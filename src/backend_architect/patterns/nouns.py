"""A modest guess for a noun that the catalogue does not know."""

from backend_architect.design.names import plural_of, words
from backend_architect.patterns.pattern import Fragment

ROWS_PER_USER = 20


def noun_fragment(noun: str, *, owned: bool, opened: bool) -> Fragment:
    """Return a plain entity: its owner alone reads it, unless another pattern is about it (`opened`)."""
    entity = _owned(noun, opened=opened) if owned else _unowned()
    allow = "anyone" if opened or not owned else "signed_in"
    lists: Fragment = {plural_of(noun): {"of": noun, "order": "newest", "allow": allow}}
    return {"entities": {noun: entity}, "lists": lists}


def _owned(noun: str, *, opened: bool) -> Fragment:
    owner: Fragment = {"to": "user", "set": "me", "on_delete": "cascade"}
    return {
        "fields": {"owner": owner} | _described(),
        "rules": {"mine": "owner = me", "visible": "anyone" if opened else "mine"},
        "allow": {"read": "visible", "create": "signed_in", "update": "mine", "delete": "mine"},
    }


def _unowned() -> Fragment:
    return {"fields": _described(), "rules": {"visible": "anyone"}, "allow": {"read": "visible", "create": "anyone"}}


def _described() -> Fragment:
    return {
        "name": {"type": "text", "min": 1, "max": 200},
        "description": {"type": "text", "max": 5000, "optional": True},
    }


def noun_assumption(noun: str, *, owned: bool, opened: bool) -> str:
    """Return what was guessed about the noun, for a person to confirm."""
    plural = words(plural_of(noun))
    if not owned:
        return f"{plural} have a name and a description; anyone reads and adds them, nobody changes them"
    if opened:
        return f"{plural} have a name, a description and an owner, and anyone may read them"
    return f"{plural} have a name, a description and an owner, who alone sees and changes them"
