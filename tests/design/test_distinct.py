"""What keeps the rows of an entity apart: what is unique by itself, and one field of each group that is unique."""

import pytest

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.load import read_design
from backend_architect.design.samples import numbered_sample

HEAD = """
design: 1
backend: x
auth: {account: user, sign_in: [password]}
entities:
  user: {fields: {name: {type: text, max: 80}}}
  thing:
    fields:
      owner: {to: user, set: me}
      number: {type: text, min: 1, max: 40}
      code: {type: slug, min: 4, max: 6}
      place: {type: integer, min: 5, max: 9}
      price: {type: money, currency: EUR, min: 100}
      day: date
      ends: date
      state: {one_of: [open, closed]}
"""


@pytest.mark.parametrize(
    ("unique", "apart"),
    [
        ("[[owner, number]]", {"number"}),
        ("[[owner, number, state], [owner, day]]", {"number", "day"}),
        ("[[number, place], [place, price]]", {"place"}),
        ("[[owner, state]]", set()),
        ("[[owner, day, code]]", {"code"}),
    ],
)
def test_one_field_of_each_group_keeps_rows_apart(unique: str, apart: set[str]) -> None:
    design = read_design(f"{HEAD}    unique: {unique}\n").design
    assert distinct_fields(design.entities["thing"]) == apart


def test_ranges_keep_rows_apart_by_themselves() -> None:
    design = read_design(f"{HEAD}    constraints: {{later: ends > day}}\n    unique: [[number, day]]\n").design
    assert distinct_fields(design.entities["thing"]) == set()


@pytest.mark.parametrize("name", ["number", "code", "place", "price", "day"])
def test_numbered_values_differ_and_keep_to_the_bounds(name: str) -> None:
    item = read_design(HEAD).design.entities["thing"].fields[name]
    values = [numbered_sample(item, number) for number in range(1, 6)]
    assert len(set(values)) == 5
    for value in values:
        size = len(value) if isinstance(value, str) else value
        assert name == "day" or (isinstance(size, int) and (item.min or 0) <= size <= (item.max or size))
