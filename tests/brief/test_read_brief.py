"""What is read in a text, and where; strange texts do no harm."""

import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backend_architect.brief import Brief, read_brief
from backend_architect.brief.read import MAX_LENGTH
from backend_architect.brief.words import singular, verb_forms
from backend_architect.errors import BriefError
from backend_architect.proposal import propose_from_text

READINGS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("readings.yaml"))


@pytest.mark.parametrize("case", READINGS, ids=lambda case: case["brief"])
def test_reading(case: dict[str, Any]) -> None:
    brief = read_brief(case["brief"])
    shown = as_plain(brief)
    assert {key: shown[key] for key in case if key != "brief"} == {k: v for k, v in case.items() if k != "brief"}


@pytest.mark.parametrize("case", READINGS, ids=lambda case: case["brief"])
def test_spans_stand_where_they_say(case: dict[str, Any]) -> None:
    brief = read_brief(case["brief"])
    spans = [*brief.words, *brief.not_understood, *(s for f in brief.features for s in f.words)]
    assert all(brief.text[span.start : span.end] == span.text for span in spans)


@pytest.mark.parametrize(
    "text", ["", "   \n", "\0\x01\xff\x00" * 50, "🎉🎉", "!!! ... ???", "a" * 30_000, "12345", "need it asap"]
)
def test_nothing_understood_is_told_with_examples(text: str) -> None:
    with pytest.raises(BriefError) as error:
        propose_from_text(text)
    assert "social sharing" in str(error.value)
    assert error.value.problems[0].code.startswith("brief-")


def test_a_huge_text_is_cut_and_read_in_time() -> None:
    started = time.process_time()
    brief = read_brief("posts and comments, " * 20_000)
    assert brief.cut
    assert len(brief.text) == MAX_LENGTH
    assert [feature.pattern for feature in brief.features] == ["posts", "comments"]
    assert time.process_time() - started < 15  # 0.5 s; a minute where all of the text is read


@pytest.mark.parametrize("text", ["and " * 5000, "without " + "tags, " * 1500 + "or likes"])
def test_a_list_without_an_end_is_read_in_time(text: str) -> None:
    started = time.process_time()
    read_brief(text)
    assert time.process_time() - started < 5  # 0.5 s; the first took 16 s, the second ran out of stack


def test_a_text_full_of_unknown_nouns_gives_a_few_entities() -> None:
    words = " and ".join(f"{a}{b}oblins" for a in "bdfgklm" for b in "aeiou")
    assert len(read_brief(words).nouns) == 8


@pytest.mark.parametrize(
    ("plural", "one"),
    [("posts", "post"), ("stories", "story"), ("boxes", "box"), ("classes", "class"), ("status", "status"),
     ("people", "person"), ("bus", "bus"), ("movies", "movie"), ("houses", "house"), ("glass", "glass"),
     ("quizzes", "quiz"), ("sizes", "size"), ("prizes", "prize"), ("waltzes", "waltz")],
)  # fmt: skip
def test_singular(plural: str, one: str) -> None:
    assert singular(plural, {"people": "person", "movies": "movie", "houses": "house"}) == one


def test_verb_forms() -> None:
    assert {"share", "shared", "sharing"} <= set(verb_forms("share"))
    assert {"carry", "carried", "carrying"} <= set(verb_forms("carry"))
    assert {"chat", "chatted", "chatting"} <= set(verb_forms("chat"))


def as_plain(brief: Brief) -> dict[str, Any]:
    return {
        "intent": brief.intent,
        "features": [feature.pattern for feature in brief.features],
        "nouns": [noun.name for noun in brief.nouns],
        "excluded": [one.word.text for one in brief.excluded],
        "people": [mention.name for mention in brief.people],
        "amounts": [[amount.unit, round(amount.value), amount.noun] for amount in brief.amounts],
        "clients": [mention.name for mention in brief.clients],
        "providers": [mention.name for mention in brief.providers],
        "product": brief.product.text if brief.product else None,
        "accounts": brief.accounts,
        "not_understood": [span.text for span in brief.not_understood],
        "in_english": brief.in_english,
    }
