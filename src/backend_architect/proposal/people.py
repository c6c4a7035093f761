"""The people whom a brief names, as a design knows them: users, all alike."""

from backend_architect.brief import Brief, Mention
from backend_architect.design.names import plural_of
from backend_architect.patterns import Composition
from backend_architect.patterns.pattern import Fragment


def people_understood(brief: Brief, composition: Composition, design: Fragment) -> dict[str, str]:
    """Return what each kind of people was taken for, by the word of the brief."""
    signs_in = "people; whoever of them signs up is a user like any other"
    meaning = signs_in if "auth" in composition.design else "people; nobody has an account"
    roles = _roles(design)
    role = "people to whom the team gives the role"
    kinds = _kinds_of_people(brief, composition)
    return {one.word.text: f"{role} {one.name}" if one.name in roles else meaning for one in kinds}


def people_assumed(brief: Brief, composition: Composition, design: Fragment) -> list[str]:
    """Return that several kinds of people are one kind of user, where the brief tells them apart."""
    named = [one.name for one in _kinds_of_people(brief, composition) if one.name not in _roles(design)]
    kinds = [plural_of(name) for name in named]
    if len(kinds) < 2 or "auth" not in composition.design:
        return []
    return [f"{', '.join(kinds[:-1])} and {kinds[-1]} are users alike; what each kind of them may do is not told apart"]


def _kinds_of_people(brief: Brief, composition: Composition) -> list[Mention]:
    """Return those who are no entity of the design."""
    return [one for one in brief.people if one.name not in composition.design.get("entities", {})]


def _roles(design: Fragment) -> list[str]:
    roles: list[str] = design.get("auth", {}).get("roles", [])
    return roles
