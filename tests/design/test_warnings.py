"""What is right as far as it goes, and may not be what was meant: said, and no reason to refuse."""

from pathlib import Path

import pytest

from backend_architect.design import Design, check_design, load_design, read_design
from backend_architect.design.expressions import resolve_rule
from backend_architect.design.first_edition import first_edition_notes
from backend_architect.design.satisfiability import possible_values
from backend_architect.design.warn import WARNINGS, design_warnings

from .cases import CASES, REPOSITORY, WARNED, said

EXAMPLES = sorted((REPOSITORY / "examples").glob("*/backend.yaml"))
HEAD = """\
design: 1
backend: rules
auth: {account: user, roles: [boss]}
entities:
  user: {fields: {name: {type: text, max: 80}}, allow: {read: anyone, update: id = me}}
  item:
    fields:
      owner: {to: user, set: me}
      friend: {to: user, optional: true}
      state: {one_of: [a, b, c], default: a}
      lit: {type: boolean, default: false}
      dim: {type: boolean, optional: true}
      few: {type: integer, min: 1, max: 3, default: 1}
      many: {type: integer, optional: true}
      share: {type: decimal, optional: true}
      word: {type: text, max: 20}
    allow: {read: anyone, create: signed_in}
"""


@pytest.mark.parametrize("folder", WARNED, ids=lambda folder: folder.name)
def test_a_design_is_warned_of_what_may_not_be_meant(folder: Path) -> None:
    loaded = load_design(folder)
    assert check_design(loaded) == ()
    found = design_warnings(loaded)
    assert said(found) == (folder / "expected.txt").read_text().splitlines()
    assert {warning.severity for warning in found} == {"warning"}
    for warning in found:
        assert 10 < len(warning.message) < 240
        assert not warning.message.endswith(".")
        assert warning.fix


@pytest.mark.parametrize("folder", WARNED, ids=lambda folder: folder.name)
def test_what_is_confirmed_is_not_said_again(folder: Path) -> None:
    text = (folder / "backend.yaml").read_text().partition("confirm:")[0]
    names = [f"{warning.code} {warning.place.path}" for warning in design_warnings(read_design(text))]
    assert names
    confirmed = text + "confirm:\n" + "".join(f"  - {name}\n" for name in names)
    assert design_warnings(read_design(confirmed)) == ()


def test_a_confirmed_warning_that_is_no_longer_there_is_said() -> None:
    [warning] = design_warnings(read_design(HEAD + "confirm: [counts-hidden-rows entities.item.counts.gone]\n"))
    assert (warning.code, warning.place.path) == ("confirms-nothing", "confirm.0")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_confirm_what_they_are_warned_of(path: Path) -> None:
    found = design_warnings(load_design(path))
    assert [warning for warning in found if warning.code != "rule-never-true"] == []


def test_each_kind_of_warning_has_its_file_and_says_what_it_yields() -> None:
    files = {path.stem for path in (REPOSITORY / "src/backend_architect/design/warn").glob("*.py")} - {"__init__"}
    assert {warn.__name__.removeprefix("warn_") for warn in WARNINGS} == files
    assert all((warn.__doc__ or "").startswith("Yield ") for warn in WARNINGS)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("state = 'a' and state = 'b'", {False}),
        ("state = 'a' or state <> 'a'", {True}),
        ("state in ('a', 'b', 'c')", {True}),
        ("state in ('a', 'b')", {True, False}),
        ("few > 3", {False}),
        ("few >= 1 and few <= 3", {True}),
        ("few > 1 and few < 2", {False}),
        ("many > 1 and many < 2", {False, None}),
        ("share > 1 and share < 2", {True, False, None}),
        ("many > 1 or many <= 1", {True, None}),
        ("lit and not lit", {False}),
        ("dim or not dim", {True, None}),
        ("dim is null and dim", {False, None}),
        ("owner is null", {False}),
        ("friend is null", {True, False}),
        ("friend is null and friend = me", {False, None}),
        ("me is null and owner = me", {False, None}),
        ("me is null and boss", {False}),
        ("owner = friend", {True, False, None}),
        ("few > many", {True, False, None}),
        ("word = 'x' and word = 'y'", {False}),
        ("word like 'x%' and not word like 'x%'", {False, None}),
        ("word > 'a'", {True, False, None}),
        ("exists (select from users where users.id = me) or boss", {True, False}),
        ("1 = 2", {False}),
        ("created_at < now()", {True, False, None}),
    ],
)
def test_the_values_that_a_rule_can_have(rule: str, values: set[bool | None]) -> None:
    design: Design = read_design(HEAD).design
    item = design.entities["item"]
    assert possible_values(design, item, resolve_rule(design, item, rule)) == values


def test_what_the_first_edition_compiled_wrongly_is_named_with_its_place() -> None:
    folder = CASES / "first_edition"
    summary, *notes = first_edition_notes(load_design(folder))
    assert summary.code == "built-by-first-edition"
    assert f"compiled {len(notes)} things" in summary.message
    assert {note.code for note in notes} == {"rule-compiled-wrongly-before"}
    assert {note.severity for note in (summary, *notes)} == {"note"}
    found = [f"{note.place.line} {note.place.path}: {note.message.partition('it, ')[2]}" for note in notes]
    assert found == (folder / "expected.txt").read_text().splitlines()
