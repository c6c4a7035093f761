"""The pages about the findings: one for each rule, complete, and as the code says."""

from pathlib import Path

import pytest

from backend_architect.report.finding_reference import SECTIONS, finding_pages, sections_of
from backend_architect.tune import RULES
from backend_architect.tune.rule import Rule

PAGES = Path(__file__).parents[2] / "docs" / "findings"


def test_the_pages_are_written_from_the_code() -> None:
    written = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    assert written == finding_pages(), "run: python scripts/write_reference.py"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_says_all_that_it_should(rule: Rule) -> None:
    sections = sections_of(rule)
    assert tuple(sections) == SECTIONS
    assert all(len(text) > 10 and text.rstrip().endswith((".", "`")) for text in sections.values()), sections
    assert rule.find.__module__.endswith(f".{rule.code.replace('-', '_')}")


def test_no_two_rules_share_a_code_and_they_stand_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
