"""Whole design files: the right ones are read without a word, of the wrong ones everything is said."""

from pathlib import Path

import pytest

from backend_architect.design import check_design, load_design

from .cases import CASES, RIGHT, WRONG, problems_of, said


@pytest.mark.parametrize("folder", WRONG, ids=lambda folder: folder.name)
def test_a_wrong_design_is_told_where_and_what(folder: Path) -> None:
    expected = (folder / "expected.txt").read_text().splitlines()
    assert said(problems_of(folder / "backend.yaml")) == expected


@pytest.mark.parametrize("folder", WRONG, ids=lambda folder: folder.name)
def test_each_message_says_what_is_wrong_in_a_sentence(folder: Path) -> None:
    for problem in problems_of(folder / "backend.yaml"):
        assert problem.place.file == str(folder / "backend.yaml")
        assert 10 < len(problem.message) < 240
        assert problem.fix, problem
        assert not problem.message.endswith(".")
        assert "None" not in problem.message + problem.fix
        assert "<FieldType" not in problem.message + problem.fix


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.parent.name)
def test_a_right_design_has_no_problems(path: Path) -> None:
    assert check_design(load_design(path)) == ()


def test_there_are_enough_wrong_designs() -> None:
    assert len(WRONG) >= 80


def test_all_problems_of_a_file_are_told_at_once() -> None:
    shape = problems_of(CASES / "wrong" / "everything-at-once" / "backend.yaml")
    meaning = problems_of(CASES / "wrong" / "meaning-all-at-once" / "backend.yaml")
    assert len(shape) == 12
    assert len(meaning) == 11
    assert len({p.place.path.split(".")[0] for p in shape}) > 6
    assert len({p.place.path.split(".")[0] for p in meaning}) > 3
