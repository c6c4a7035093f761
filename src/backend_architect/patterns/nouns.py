"""A modest guess for a noun that the catalogue does not know: its owner alone sees and changes it."""

from dataclasses import dataclass

from backend_architect.design.names import words
from backend_architect.patterns.pattern import Fragment
from backend_architect.patterns.sensitive import SensitiveKind, kind_of

ROWS_PER_USER = 20
STAFF = "staff"
DESCRIBED: Fragment = {
    "name": {"type": "text", "min": 1, "max": 200},
    "description": {"type": "text", "max": 5000, "optional": True},
}
TEXT_FIELD: Fragment = {"text": {"type": "text", "min": 1, "max": 5000}}


@dataclass(frozen=True, slots=True)
class Guessed:
    """An unknown noun, and who sees it.

    Its owner does, and the members of `team`, when the design has teams and nothing sensitive is meant. What is
    `anonymous` has no owner: whoever is allowed to adds it, and staff reads it. Without accounts (`owned` is False)
    it is readable by all, and written by nobody.
    """

    noun: str
    owned: bool
    plural: str
    team: str | None = None
    anonymous: bool = False
    by_anyone: bool = False

    @property
    def kind(self) -> SensitiveKind | None:
        """The kind of sensitive things that it belongs to."""
        return kind_of(self.noun)

    @property
    def is_issued(self) -> bool:
        """Tell whether it is written by others than whom it concerns."""
        return self.owned and not self.anonymous and self.kind is not None and self.kind.issued

    @property
    def needs_staff(self) -> bool:
        """Tell whether there must be a role that issues it or reads it."""
        return (self.is_issued or self.anonymous) and not self.team


def noun_fragment(guess: Guessed) -> Fragment:
    """Return a plain entity with its lists, and the role that it needs."""
    if guess.anonymous:
        made = _anonymous(guess)
    elif not guess.owned:
        made = {"entities": {guess.noun: _unowned()}, "lists": {guess.plural: _newest(guess, "anyone")}}
    else:
        made = _issued(guess) if guess.is_issued else _owned(guess)
    if not guess.needs_staff:
        return made
    entities = made["entities"] | ({"user": {"allow": {"read": f"or {STAFF}"}}} if guess.is_issued else {})
    return made | {"auth": {"roles": [STAFF]}, "entities": entities}


def _owned(guess: Guessed) -> Fragment:
    entity: Fragment = {
        "fields": {"owner": {"to": "user", "set": "me", "on_delete": "cascade"}} | _shared(guess) | DESCRIBED,
        "rules": {"mine": "owner = me", "visible": "mine"},
        "allow": {"read": "visible", "create": "signed_in", "update": "mine", "delete": "mine"},
        "accepts": {"create": [*_shared(guess), *DESCRIBED], "update": [*DESCRIBED]},
    }
    if guess.team:
        member = f"{guess.team}.member"
        entity["rules"] = {"mine": f"owner = me and {member}", "visible": "mine" if guess.kind else member}
        entity["allow"]["create"] = f"signed_in and {member}"
    lists = {guess.plural: _newest(guess, "signed_in") | {"where": "visible"}} | _of_team(guess)
    return {"entities": {guess.noun: entity}, "lists": lists}


def _issued(guess: Guessed) -> Fragment:
    """Return what staff, or else the owner of the team, writes for somebody else; nobody does so for themselves."""
    issuer = f"{guess.team}.mine" if guess.team else STAFF
    mine = f"owner = me and {guess.team}.member" if guess.team else "owner = me"
    entity: Fragment = {
        "fields": {"owner": {"to": "user", "on_delete": "restrict"}} | _shared(guess) | DESCRIBED,
        "rules": {"mine": mine, "visible": f"mine or {issuer}"},
        "allow": dict.fromkeys(("create", "update"), f"{issuer} and owner <> me") | {"read": "visible"},
        "accepts": {"create": ["owner", *_shared(guess), *DESCRIBED], "update": [*DESCRIBED]},
    }
    lists: Fragment = {} if guess.team else {guess.plural: _newest(guess, STAFF)}
    lists[f"{guess.plural} of user"] = _newest(guess, "signed_in") | {"by": "owner"}
    return {"entities": {guess.noun: entity}, "lists": lists | _of_team(guess)}


def _anonymous(guess: Guessed) -> Fragment:
    """Return what is added without a name: no owner is stored, so that nobody can be asked or found."""
    reader = f"{guess.team}.mine" if guess.team else STAFF
    create = f"signed_in and {guess.team}.member" if guess.team else ("anyone" if guess.by_anyone else "signed_in")
    entity: Fragment = {
        "fields": _shared(guess) | TEXT_FIELD,
        "rules": {"visible": reader},
        "allow": {"read": "visible", "create": create, "delete": reader},
    }
    lists = _of_team(guess) or {guess.plural: _newest(guess, reader)}
    return {"entities": {guess.noun: entity}, "lists": lists}


def _unowned() -> Fragment:
    return {"fields": dict(DESCRIBED), "rules": {"visible": "anyone"}, "allow": {"read": "visible"}}


def _shared(guess: Guessed) -> Fragment:
    return {guess.team: {"to": guess.team, "on_delete": "cascade"}} if guess.team else {}


def _newest(guess: Guessed, allow: str) -> Fragment:
    return {"of": guess.noun, "order": "newest", "allow": allow}


def _of_team(guess: Guessed) -> Fragment:
    return {f"{guess.plural} of {guess.team}": _newest(guess, "signed_in") | {"by": guess.team}} if guess.team else {}


def noun_assumption(guess: Guessed) -> str:
    """Return what was guessed about the noun, for a person to confirm."""
    plural = words(guess.plural)
    by = f"the owner of the {words(guess.team)}" if guess.team else STAFF
    if guess.anonymous:
        return f"{plural} are a text without an author, read by {by} alone; who wrote one is not stored"
    if not guess.owned:
        return f"{plural} have a name and a description; anyone reads them, and no request writes them"
    have = f"{plural} have a name, a description and an owner"
    if guess.is_issued and guess.kind:
        return f"{have}, who reads them; only {by} writes them, and for nobody's own account: {guess.kind.why}"
    if guess.team and not guess.kind:
        return f"{have}, and are seen by the members of their {words(guess.team)}"
    return f"{have}, who alone sees and changes them"
