"""docs/errors.md has every code that can be told, once, and no other."""

import re
from collections import Counter

from tests.docs.codes import SOURCE, codes_in_source
from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
OURS, _, BUILT = TEXT.partition("## What a built API answers")
ROW = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)


def test_the_page_has_every_code_of_the_source_and_no_other() -> None:
    assert set(ROW.findall(OURS)) == codes_in_source()


def test_each_code_stands_once() -> None:
    assert [code for code, times in Counter(ROW.findall(OURS)).items() if times > 1] == []


def test_the_page_has_every_problem_that_a_built_api_answers() -> None:
    errors = (SOURCE / "project" / "templates" / "app" / "core" / "errors.py").read_text(encoding="utf-8")
    slugs = re.findall(r'status, slug, title = (\d+), "([a-z-]+)"', errors)
    slugs += re.findall(r'status = (\d+)\n    slug = "([a-z-]+)"', errors)
    assert {(slug, status) for status, slug in slugs} == set(re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", BUILT, re.M))
