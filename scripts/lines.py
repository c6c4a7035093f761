"""Print how many lines of Python each built example has outside its tests: domain, sign-in and infrastructure.

    python scripts/lines.py [--files social-sharing]

A line counts when it is not blank. The domain is what stands in the folders of resources; `app/auth/` is sign-in; what
remains, `app/core/` and the modules that are started, is infrastructure.
"""

import argparse
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from backend_architect.decisions import decide_all
from backend_architect.design import load_design
from backend_architect.project import build_project

EXAMPLES = Path(__file__).parents[1] / "examples"
PARTS = ("domain", "sign-in", "infrastructure")


def part_of(path: str) -> str:
    """Return which part of a built project a file of app/ belongs to."""
    folders = path.split("/")[1:-1]
    if not folders or folders[0] == "core":
        return "infrastructure"
    return "sign-in" if folders[0] == "auth" else "domain"


def lines_by_file(files: Mapping[str, str]) -> dict[str, int]:
    """Return the number of lines of each Python file of app/."""
    own = {path: text for path, text in files.items() if path.startswith("app/") and path.endswith(".py")}
    return {path: sum(bool(line.strip()) for line in text.splitlines()) for path, text in own.items()}


def lines_by_part(files: Mapping[str, str]) -> Counter[str]:
    """Return the number of lines of each part."""
    counted: Counter[str] = Counter()
    for path, lines in lines_by_file(files).items():
        counted[part_of(path)] += lines
    return counted


def built_files(example: str) -> Mapping[str, str]:
    """Return the files of an example."""
    loaded = load_design(EXAMPLES / example / "backend.yaml")
    return build_project(loaded, decide_all(loaded.design)).files


def main() -> None:
    """Print the table, or the files of one example, the longest first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", metavar="EXAMPLE")
    options = parser.parse_args()
    if options.files:
        counted = lines_by_file(built_files(options.files))
        for path in sorted(counted, key=counted.__getitem__, reverse=True):
            print(f"{counted[path]:5}  {part_of(path):14}  {path}")
        return
    print(f"| lines | {' | '.join(PARTS)} | all |\n|---{'|---' * (len(PARTS) + 1)}|")
    for example in sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()):
        parts = lines_by_part(built_files(example))
        cells = " | ".join(f"{parts[part]:,} ({parts[part] / parts.total():.0%})" for part in PARTS)
        print(f"| {example} | {cells} | {parts.total():,} |")


if __name__ == "__main__":
    main()
