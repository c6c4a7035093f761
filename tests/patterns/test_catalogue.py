"""Each pattern is a design by itself, and any two of them are one."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from backend_architect.brief.vocabulary import read_vocabulary
from backend_architect.brief.words import verb_forms
from backend_architect.design.check import check_design
from backend_architect.design.load import read_design
from backend_architect.errors import Problem
from backend_architect.patterns import Composition, CompositionRequest, Pattern, all_patterns, compose, pattern_named
from backend_architect.patterns.page import catalogue_page
from backend_architect.patterns.text import design_text

NAMES = [pattern.name for pattern in all_patterns()]
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "patterns.md"


def problems_of(composition: Composition) -> tuple[Problem, ...]:
    text = design_text({"design": 1, "backend": "x"} | composition.design, composition.comments)
    return check_design(read_design(text))


def things_in(composition: Composition) -> set[tuple[str, str, str]]:
    """Return every entity, edge, list, … of a composition as something to compare."""
    sections = composition.design.items()
    return {
        (key, name, repr(value))
        for key, values in sections
        if isinstance(values, dict)
        for name, value in values.items()
    }


ALONE = {name: things_in(compose(CompositionRequest((name,)))) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_pattern_alone_makes_sense(name: str) -> None:
    assert problems_of(compose(CompositionRequest((name,)))) == ()


@pytest.mark.parametrize("name", NAMES)
def test_pattern_about_an_unknown_noun_makes_sense(name: str) -> None:
    assert problems_of(compose(CompositionRequest((name,), nouns=("recipe", "setting")))) == ()


@pytest.mark.parametrize("name", [pattern.name for pattern in all_patterns() if pattern.attaches_to])
def test_pattern_is_about_what_was_said_beside_all_that_it_knows(name: str) -> None:
    wish = CompositionRequest((name, "posts", "products"), nouns=("recipe",), about={name: "recipe"})
    composition = compose(wish)
    assert problems_of(composition) == ()
    assert ALONE[name] - things_in(composition), "it is about what it is about alone"


@pytest.mark.parametrize("pattern", all_patterns(), ids=NAMES)
def test_no_text_is_cut_at_a_comma(pattern: Pattern) -> None:
    """A comma ends an item of a YAML list in brackets, unless the item is quoted."""
    texts = [*pattern.body.assumes, *pattern.body.choices]
    written = " ".join(pattern.text.split())
    cut = [one for one, other in pairwise(texts) if f"[{one}, {other}" in written or f" {one}, {other}" in written]
    assert cut == []


@pytest.mark.parametrize("first", NAMES)
def test_pattern_beside_any_other_makes_sense(first: str) -> None:
    """A pair whose parts are all as they are alone has been checked already, and is only put together here."""
    for second in NAMES[NAMES.index(first) + 1 :]:
        pair = compose(CompositionRequest((first, second)))
        assert things_in(pair) == things_in(compose(CompositionRequest((second, first))))
        if things_in(pair) - ALONE[first] - ALONE[second]:
            assert problems_of(pair) == (), (first, second)


def test_all_patterns_together_make_sense() -> None:
    assert problems_of(compose(CompositionRequest(tuple(NAMES)))) == ()


@pytest.mark.parametrize("pattern", all_patterns(), ids=NAMES)
def test_pattern_says_what_a_person_should_know(pattern: Pattern) -> None:
    assert pattern.meaning
    assert pattern.nouns
    assert pattern.is_bundle or pattern.body.traps
    assert {*pattern.needs, *pattern.brings, *pattern.goes_well_with} <= set(NAMES)


@pytest.mark.parametrize("pattern", all_patterns(), ids=NAMES)
def test_what_a_pattern_needs_comes_before_it(pattern: Pattern) -> None:
    assert all(pattern_named(name).rank < pattern.rank for name in pattern.needs)


def test_no_word_means_two_patterns() -> None:
    key = read_vocabulary().key
    claims = Counter(phrase for pattern in all_patterns() for phrase in {key(word) for word in words_of(pattern)})
    assert [word for word, times in claims.items() if times > 1] == []


def test_every_word_of_the_catalogue_means_its_pattern() -> None:
    vocabulary = read_vocabulary()
    lost = [
        (pattern.name, word)
        for pattern in all_patterns()
        for word in pattern.nouns
        if not any(meaning.name == pattern.name for meaning in vocabulary.phrases[vocabulary.key(word)])
    ]
    assert lost == []


@pytest.mark.parametrize(
    "noun", ["offer", "body", "author", "rating", "member", "class", "order", "user", "setting", "owner"]
)
def test_strange_nouns_make_no_name_mean_two_things(noun: str) -> None:
    patterns = ("comments", "reviews", "tags", "listings", "tenants")
    assert problems_of(compose(CompositionRequest(patterns, kinds={"listings": noun}, nouns=(noun, "recipe")))) == ()


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue_page()


def words_of(pattern: Pattern) -> list[str]:
    return [*pattern.nouns, *(form for verb in (*pattern.verbs, *pattern.weak) for form in verb_forms(verb))]
