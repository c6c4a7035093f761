"""Lists that are kept for all: whoever fills the cache, everybody gets the answer to their own question.

The first to ask is who may read most, and what they ask for looks like no filter at all (`?category=None`).
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.design.model import FieldType
from backend_architect.proof.access.facts import RememberedAnswers, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.list_rows import ListRows
from backend_architect.proof.access.pages import Search, Shown, walk
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.viewers import by_rights, is_shared, viewer_of
from backend_architect.proof.evidence import Case

FORGED = ("None", "null", "False", "0", "*", ":")
"""Values of a filter that a key made of texts may take for no value, or for two."""
FREE = frozenset({FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL})
LIMITS = (99, 1)
ADVICE = "the key of a cached answer holds each value by itself: the list, the cursor, the limit, every filter"


def cached_lists(
    asking: Asking, judge: Judge, shelves: tuple[ListRows, ...], people: tuple[Persona, ...]
) -> Iterator[Case]:
    """Give a case for each list that is kept for all, and each caller, on a server that has kept nothing yet."""
    facts = RememberedAnswers(judge, wide=True)
    shared = [list_rows for list_rows in shelves if is_shared(facts, list_rows)]
    if shared:
        asking.renew()
    for list_rows in shared:
        for persona in by_rights(facts, list_rows, people):
            yield _tried(asking, persona, Shown(facts, list_rows, viewer_of(facts, list_rows, persona)))


def _tried(asking: Asking, persona: Persona, shown: Shown) -> Case:
    searches = [*_forged(shown), *reversed(list(shown.searches(shown.list_rows.parents[0])))]
    asked = [(search, limit) for search in searches for limit in LIMITS]
    parent = shown.list_rows.parents[0]
    walks = [walk(asking, persona, shown, (parent, search), limit=limit, pages=2) for search, limit in asked]
    wrong = next((each for each in walks if each.problems), None)
    case = (wrong or walks[0]).answer.case(
        f"{shown.list_rows.route.title} from the cache for {persona.name}",
        expected="the rows that were asked for, whoever asked for which before",
        held=wrong is None,
        advice=ADVICE,
    )
    return replace(case, actual=many(wrong.problems) if wrong else f"{len(walks)} lists, each its own")


def _forged(shown: Shown) -> Iterator[Search]:
    """Give searches that find nothing, and whose text might be the one of another search."""
    word = next((search.word for search in shown.searches(shown.list_rows.parents[0])), "")
    for name in shown.list_rows.spec.filters:
        item = shown.entity.fields[name]
        if item.type in FREE:
            yield from (Search({item.column: value}, word) for value in FORGED)
