"""`architect explain` and `architect check --rules`: what a person reads of a rule."""

import json
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.design import load_design
from backend_architect.explaining import compare_readings, comparing, explain_rules, render_table
from tests.conftest import RIGHT_DESIGNS, ROOT

SOCIAL = ROOT / "examples/social-sharing/backend.yaml"
DESIGN = """
design: 1
backend: things
auth: {account: user, sign_in: [password], roles: [boss]}
entities:
  user: {fields: {name: {type: text, max: 80}}, allow: {read: anyone, update: id = me}}
  thing:
    fields: {until: {type: timestamp, optional: true}, size: {type: integer, min: 0}}
    rules: {expired: until < now()}
    allow: {read: anyone, update: size between 2 and 3 or boss}
  part:
    fields: {thing: {to: thing, optional: true, on_delete: set null}}
    allow: {read: not thing.expired, create: signed_in}
"""


def table(text: str, tmp_path: Path, rule: str) -> list[str]:
    """Return the lines of a rule's table, without its title and its last sentence."""
    file = tmp_path / "backend.yaml"
    file.write_text(text)
    lines = render_table(explain_rules(load_design(file).design, rule)[0]).splitlines()
    return [" ".join(line.split()) for line in lines[4:-2]]


def test_an_unknown_opens_nothing(tmp_path: Path) -> None:
    assert table(DESIGN, tmp_path, "part.read") == [
        "a thing long ago | no no no",
        "a thing now | yes yes yes",
        "a thing far ahead | yes yes yes",
        "a thing null | unknown unknown unknown",
        "null any | unknown unknown unknown",
    ]


def test_numbers_are_tried_at_their_edges(tmp_path: Path) -> None:
    assert table(DESIGN, tmp_path, "thing.update") == [
        "1 | no no yes",
        "2 | yes yes yes",
        "3 | yes yes yes",
        "4 | no no yes",
    ]


def test_an_account_is_ones_own_or_somebody_elses(tmp_path: Path) -> None:
    assert table(DESIGN, tmp_path, "user.update") == ["me | unknown yes yes", "somebody else | unknown no no"]


def test_the_command_shows_who_may_see_a_post(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "post.visible", str(SOCIAL)]) == 0
    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "followers somebody else none | unknown no no" in printed
    assert any(line.startswith("followers somebody else follower me") and line.endswith("yes yes") for line in printed)
    assert run(["explain", "follow", str(SOCIAL), "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == [
        "follow.read",
        "follow.create",
        "follow.delete",
    ]


def test_a_rule_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "post.visibel", str(SOCIAL)]) == 1
    assert "did you mean `post.visible`?" in capsys.readouterr().err


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: path.parent.name)
def test_right_designs_are_compiled_rightly(path: Path) -> None:
    assert compare_readings(load_design(path)) == ()


def test_a_rule_that_is_compiled_wrongly_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The compiler is made to lose a NOT, as it once did."""
    right = comparing.resolve_rule
    monkeypatch.setattr(
        comparing, "resolve_rule", lambda design, row, text: right(design, row, text.replace("not thing", "thing"))
    )
    file = tmp_path / "backend.yaml"
    file.write_text(DESIGN)
    assert run(["check", str(file), "--rules"]) == 1
    told = capsys.readouterr().err
    assert "readings-differ" in told
    assert "part.read" in told
    assert told.count("readings-differ") == 1
