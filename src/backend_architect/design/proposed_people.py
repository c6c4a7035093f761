"""The people whom a brief names, as a design knows them: users, all alike."""

from backend_architect.brief import Brief, Mention
from backend_architect.design.names import plural_of
from backend_architect.patterns import Composition


def people_understood(brief: Brief, composition: Composition) -> dict[str, str]:
    """Return what each kind of people was taken for, by the word of the brief."""
    signs_in = "people; whoever of them signs up is a user like any other"
    meaning = signs_in if "auth" in composition.design else "people; nobody has an account"
    return {mention.word.text: meaning for mention in _kinds_of_people(brief, composition)}


def people_assumed(brief: Brief, composition: Composition) -> list[str]:
    """Return that several kinds of people are one kind of user, where the brief tells them apart."""
    kinds = [plural_of(mention.name) for mention in _kinds_of_people(brief, composition)]
    if len(kinds) < 2 or "auth" not in composition.design:
        return []
    return [f"{', '.join(kinds[:-1])} and {kinds[-1]} are users alike; what each kind of them may do is not told apart"]


def _kinds_of_people(brief: Brief, composition: Composition) -> list[Mention]:
    """Return those who are no entity of the design."""
    return [one for one in brief.people if one.name not in composition.design.get("entities", {})]
