"""Whether only those who have signed in can fulfil a rule."""

import pytest

from backend_architect.design import load_design, read_design
from backend_architect.design.rule_evaluation import needs_caller as compiled_needs_caller
from backend_architect.oracle.anonymous import needs_caller
from tests.conftest import RIGHT_DESIGNS

DESIGN = read_design("""
design: 1
backend: notes
auth: {account: user, sign_in: [password], roles: [moderator]}
entities:
  user: {fields: {name: text}, allow: {read: anyone}}
  note:
    fields: {owner: {to: user, set: me}, open: boolean, size: integer, parent: {to: note, optional: true}}
    rules:
      mine: owner = me
      visible: open or mine
    allow: {read: visible, create: signed_in, update: mine or moderator}
edges:
  share: {pair: {note: note, user: user}, allow: {read: anyone, create: note.mine}}
""").design


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        ("anyone", False),
        ("nobody", True),
        ("signed_in", True),
        ("not signed_in", False),
        ("mine", True),
        ("not mine", True),
        ("(mine)", True),
        ("me is null", False),
        ("me is not null", True),
        ("mine is true", True),
        ("mine is not true", False),
        ("visible", False),
        ("visible and signed_in", True),
        ("mine or moderator", True),
        ("parent.mine", True),
        ("parent.visible", False),
        ("size between 1 and 2 and mine", True),
        ("size between 1 and 2 or mine", False),
        ("exists (select from shares where shares.note = notes.id and shares.user = me)", True),
        ("not exists (select from shares where shares.note = notes.id and shares.user = me)", False),
        ("id in (select note from shares where shares.user = me)", True),
        ("id in (select note from shares where shares.user = owner)", False),
        ("me in (select user from shares where note = notes.id)", True),
        ("me not in (select user from shares where shares.note = notes.id)", False),  # where there are none
        ("case when me is null then open else mine end", False),
        ("owner = null", True),
        ("this.mine and open", True),
    ],
)
def test_a_rule_needs_a_caller(rule: str, needed: bool) -> None:
    assert needs_caller(DESIGN, DESIGN.entities["note"], rule) is needed


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: path.parent.name)
def test_both_readings_agree_for_right_designs(path) -> None:  # type: ignore[no-untyped-def]
    design = load_design(path).design
    rules = [(row, text) for row in design.rows_by_plural.values() for text in row.allow.values()]
    assert [
        text for row, text in rules if needs_caller(design, row, text) != compiled_needs_caller(design, row, text)
    ] == []
