"""The sentence of the front page, the worked designs and the starter."""

from pathlib import Path

import pytest

from backend_architect.design.check import check_design
from backend_architect.design.load import load_design, read_design
from backend_architect.design.warn import design_warnings
from backend_architect.design.write import write_design
from backend_architect.patterns import starter_design
from backend_architect.proposal import propose_from_text

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_social_sharing_is_what_the_worked_example_says() -> None:
    ours = propose_from_text("We need an API for our social sharing feature").design
    worked = load_design(EXAMPLES / "social-sharing" / "backend.yaml").design
    assert ours.name == worked.name
    assert ours.summary == worked.summary
    assert {name: dict(e.fields) for name, e in ours.entities.items()} == {
        name: dict(e.fields) for name, e in worked.entities.items()
    }
    assert {name: e.allow for name, e in ours.entities.items()} == {
        name: e.allow for name, e in worked.entities.items()
    }
    assert {name: e.counts for name, e in ours.entities.items()} == {
        name: e.counts for name, e in worked.entities.items()
    }
    assert ours.edges == worked.edges
    assert {spec.name for spec in ours.lists} == {spec.name for spec in worked.lists}
    assert set(ours.lists) == set(worked.lists)
    assert sorted(map(repr, ours.checks)) == sorted(map(repr, worked.checks))
    assert ours.load == worked.load
    assert ours.events == worked.events
    assert ours.auth is not None
    assert ours.auth.sign_in == ("password",)


def test_nothing_in_the_design_of_the_sentence_is_warned_of(tmp_path: Path) -> None:
    proposed = propose_from_text("We need an API for our social sharing feature").design
    written = tmp_path / "backend.yaml"
    written.write_text(write_design(proposed), encoding="utf-8")
    assert design_warnings(load_design(written)) == ()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/backend.yaml")), ids=lambda path: path.parent.name)
def test_example_makes_sense(path: Path) -> None:
    assert check_design(load_design(path)) == ()


def test_starter_makes_sense() -> None:
    loaded = read_design(starter_design("my-app"))
    assert loaded.design.name == "my-app"
    assert check_design(loaded) == ()
