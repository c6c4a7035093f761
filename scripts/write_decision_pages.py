"""Write docs/reference/decisions/ from the docstrings of the decisions."""

from pathlib import Path

from backend_architect.report.decision_reference import reference_pages

FOLDER = Path(__file__).parent.parent / "docs/reference/decisions"

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in reference_pages().items():
        (FOLDER / name).write_text(text)
