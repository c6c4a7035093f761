"""Write the pages made from the code: one a decision, one a finding, the catalogue of patterns, the commands."""

from pathlib import Path

from backend_architect.cli.reference import commands_page
from backend_architect.patterns.page import catalogue_page
from backend_architect.report.decision_reference import reference_pages
from backend_architect.report.finding_reference import finding_pages

REFERENCE = Path(__file__).parent.parent / "docs/reference"
FINDINGS = Path(__file__).parent.parent / "docs/findings"

if __name__ == "__main__":
    (REFERENCE / "decisions").mkdir(parents=True, exist_ok=True)
    for name, text in reference_pages().items():
        (REFERENCE / "decisions" / name).write_text(text, encoding="utf-8")
    (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
    (REFERENCE / "patterns.md").write_text(catalogue_page(), encoding="utf-8")
    FINDINGS.mkdir(exist_ok=True)
    for name, text in finding_pages().items():
        (FINDINGS / name).write_text(text, encoding="utf-8")
