"""Every relative link leads to a file, and to a heading in it."""

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Page

PARTS = ("Context", "Decision", "Consequences", "Alternatives", "Enforced by")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_resolves(path: Path) -> None:
    broken = [link for link in Page(path).links() if "://" not in link and not _resolves(path, link)]
    assert broken == []


def _resolves(path: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = (path.parent / file).resolve() if file else path
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not anchor or anchor in Page(target).anchors()


def test_every_decision_has_its_five_parts_and_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("0*.md"))
    listed = Page(folder / "README.md").links()
    for page in pages:
        parts = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
        assert parts == [
            "## Context",
            "## Decision",
            "## Consequences",
            "## Alternatives",
            "## Enforced by",
        ]
        assert page.name in listed


def test_no_page_names_a_package_registry_or_a_path_of_one_machine() -> None:
    hosts = (".".join(parts) for parts in (("pypi", "org"), ("registry", "npmjs")))  # this file names none either
    words = (*hosts, *(f"/{folder}/" for folder in ("tmp", "work", "home", "root")))
    for path in PAGES:
        assert [word for word in words if word in path.read_text(encoding="utf-8")] == [], path
