"""Every decision has its page, its reasons and its alternatives; pins, comparison and rendering."""

import builtins
import json as standard_json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend_architect.decisions import check_pins, compare_decisions, decide_all, questions, scale_load, unbuildable
from backend_architect.decisions.registry import REGISTRY
from backend_architect.decisions.thresholds import THRESHOLDS
from backend_architect.decisions.unbuilt import UNBUILT
from backend_architect.design.load import read_design
from backend_architect.design.model import Auth, Design
from backend_architect.errors import DesignError
from backend_architect.report.decision_reference import reference_pages
from backend_architect.report.decisions import (
    decision_markdown,
    decision_pages,
    decisions_json,
    render_comparison,
    render_decision,
    render_decisions,
)

from .designs import design, nested, notes, pinned, sharing
from .test_flips import BELOW_AND_ABOVE

HEADINGS = ("## What it decides", "## Why it matters", "## Example", "## Alternatives", "## When it is wrong")
EXAMPLES = Path(__file__).parents[2] / "examples"
REFERENCE = Path(__file__).parents[2] / "docs/reference/decisions"
EVERY_DESIGN = [d for case in BELOW_AND_ABOVE.values() for d in (case[0], case[2])] + [sharing(), design()]


@pytest.mark.parametrize("entry", REGISTRY, ids=lambda e: e.question.slug)
def test_each_has_a_page_that_names_every_alternative(entry: Any) -> None:
    assert [h for h in HEADINGS if h not in entry.page] == []
    assert [a for a in entry.question.answers if f"- `{a}`:" not in entry.page] == []
    assert set(entry.question.files) == set(entry.question.answers)


@pytest.mark.parametrize("example", EVERY_DESIGN)
def test_each_answer_has_reasons_alternatives_and_a_flip(example: Design) -> None:
    for decision in decide_all(example):
        alternatives = set(next(e for e in REGISTRY if e.question.slug == decision.slug).question.answers)
        assert set(decision.rejected) == alternatives - {decision.answer}
        assert all(decision.rejected.values()), decision.slug
        assert decision.because
        assert decision.flips_when
        assert not any(flip.holds and not flip.provided for flip in decision.flips_when), decision.slug


def test_thresholds_have_a_value_and_a_source() -> None:
    assert all(t.value > 0 and len(t.source) > 20 for t in THRESHOLDS)
    assert len({t.name for t in THRESHOLDS}) == len(THRESHOLDS)


def test_what_is_not_built_names_known_answers() -> None:
    answers = {e.question.slug: e.question.answers for e in REGISTRY}
    assert all(answer in answers[slug] and u.instead in answers[slug] for (slug, answer), u in UNBUILT.items())
    assert all((slug, u.instead) not in UNBUILT for (slug, _), u in UNBUILT.items())


def test_a_pin_overrides_and_keeps_the_disagreement() -> None:
    decision = decide_all(pinned(sharing(), main_database="mongodb"))["main-database"]
    assert (decision.answer, decision.own_answer) == ("mongodb", "postgresql")
    assert decision.pinned
    assert "0% of the fields are free-form" in decision.pinned.disagreement
    assert "postgresql" in decision.rejected
    assert "the tool would choose postgresql" in render_decision(decision)


def test_a_pin_that_agrees_says_so() -> None:
    decision = decide_all(pinned(sharing(), queue="postgresql"))["queue"]
    assert decision.pinned
    assert decision.pinned.agrees


def test_one_pin_moves_what_depends_on_it() -> None:
    assert decide_all(pinned(sharing(), rate_limits="valkey"))["key-value-store"].answer == "valkey"


@pytest.mark.parametrize("pins", [{"main_database": "oracle"}, {"colour": "red"}, {"counters": "mixed"}])
def test_a_pin_that_means_nothing_is_an_error_with_a_way_out(pins: dict[str, str]) -> None:
    with pytest.raises(DesignError, match="unknown-pin") as raised:
        decide_all(pinned(sharing(), **pins))
    assert raised.value.problems == check_pins(pinned(sharing(), **pins))
    assert raised.value.problems[0].fix


@pytest.mark.parametrize(
    ("slug", "answer"),
    [(s, a) for s, a in UNBUILT if s != "sign-in"],
)
def test_a_pinned_part_that_is_missing_stops_the_build(slug: str, answer: str) -> None:
    problems = unbuildable(decide_all(replace(sharing(), pin={slug: answer})))
    assert [(p.code, p.place.path) for p in problems] == [("not-built-yet", f"pin.{slug}")]
    assert problems[0].fix


def test_every_pin_can_be_decided() -> None:
    for slug, answers in questions().items():
        for answer in answers:
            assert decide_all(replace(sharing(), pin={slug: answer}))[slug].answer == answer


def test_accounts_without_any_password_stop_the_build() -> None:
    (problem,) = unbuildable(decide_all(replace(sharing(), auth=Auth("user", ("google",)))))
    assert "without any password" in problem.message
    assert problem.fix == "add `password` to `auth.sign_in` to build now"
    assert unbuildable(decide_all(replace(sharing(), auth=Auth("user", ("password", "google"))))) == ()


def test_a_recommendation_does_not_stop_the_build() -> None:
    decisions = decide_all(notes(reads=100_000))
    assert decisions["read-replicas"].answer == "replicas"
    assert decisions["read-replicas"].built_as == "none"
    assert unbuildable(decisions) == ()


def test_graphql_stops_the_build_once() -> None:
    (problem,) = unbuildable(decide_all(nested(20)))
    assert problem.fix == "write `pin: {api-style: rest}` to build with rest"


def test_the_worked_design_can_be_built_now_and_at_ten_times_the_load() -> None:
    assert unbuildable(decide_all(sharing())) == ()
    assert unbuildable(decide_all(scale_load(sharing(), 10))) == ()


def test_ten_times_the_load_shows_what_flips_and_what_is_near() -> None:
    before, after = decide_all(sharing()), decide_all(scale_load(sharing(), 10))
    flips = {f.slug: f for f in compare_decisions(before, after)}
    assert (flips["rate-limits"].before, flips["rate-limits"].after) == ("in-process", "valkey")
    assert "app/core/rate_limits.py" in flips["rate-limits"].change
    shown = render_comparison(tuple(flips.values()), "10x", after)
    assert "rate-limits: in-process -> valkey" in shown
    assert "Nearest to change at 10x" in shown


def test_the_same_load_flips_nothing() -> None:
    assert compare_decisions(decide_all(sharing()), decide_all(sharing())) == ()
    assert "no decision changes" in render_comparison((), "1x")


def test_json_is_plain_stable_and_finite() -> None:
    texts = {standard_json.dumps(decisions_json(decide_all(sharing())), allow_nan=False) for _ in range(3)}
    assert len(texts) == 1
    (text,) = texts
    assert [d["slug"] for d in standard_json.loads(text)] == list(questions())


@pytest.mark.parametrize("example", EVERY_DESIGN)
def test_text_fits_a_screen_of_a_hundred_columns(example: Design) -> None:
    decisions = decide_all(example)
    shown = render_decisions(decisions) + "".join(render_decision(d) for d in decisions)
    shown += render_comparison(compare_decisions(decisions, decide_all(scale_load(example, 10))), "10x", decisions)
    assert [line for line in shown.splitlines() if len(line) > 100] == []


def test_a_page_of_the_project_says_the_decision_and_another_its_figures() -> None:
    page = decision_markdown(decide_all(sharing())["rate-limits"], 15)
    assert page.startswith("# 0015. Rate limits: in-process\n")
    assert "## Revisit when\n\n- valkey when API processes ≥ 4. The limit: " in page
    assert "## Rejected\n\n- `valkey`: " in page
    assert "`app/core/rate_limits.py`" in page
    figures = decision_pages(decide_all(sharing()))["docs/load.md"].partition("## rate-limits")[2]
    assert "- valkey when API processes ≥ 4 (now 2)" in figures


def test_a_column_changes_no_page_of_a_decision() -> None:
    text = (EXAMPLES / "social-sharing/backend.yaml").read_text(encoding="utf-8")
    body = "      body: {type: text, min: 1, max: 2000}\n"
    assert body in text
    before, after = (
        decision_pages(decide_all(read_design(each).design))
        for each in (text, text.replace(body, f"{body}      title: {{type: text, max: 120, optional: true}}\n"))
    )
    assert [path for path in before if before[path] != after[path]] == ["docs/load.md"]


def test_pages_of_the_project_are_numbered_in_order() -> None:
    assert next(iter(decision_pages(decide_all(sharing())))) == "docs/decisions/0001-main-database.md"


def test_the_reference_is_written_from_the_code() -> None:
    written = {path.name: path.read_text() for path in REFERENCE.glob("*.md")}
    assert written == reference_pages(), "run: python scripts/write_reference.py"


def test_deciding_touches_nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a decision did I/O")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    assert decide_all(sharing()) == decide_all(sharing())
