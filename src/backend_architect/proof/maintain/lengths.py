"""Files and functions that fit into a head."""

from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group, Measure, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.maintain.source import read_source
from backend_architect.proof.probe import Probe

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_STATEMENTS = 500
"""A `queries.py` holds each statement whole above its function: long rules make it long, and no harder to read."""
MOST_LINES_OF_A_FUNCTION = 50


def lengths(lab: Lab) -> Iterator[Case]:
    """Give a case for the files, and one for the functions."""
    source = read_source(lab.subject.folder)
    files = {file.path: len(file.text.splitlines()) for file in source}
    functions = {
        f"{file.path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for file in source
        for node in file.functions()
    }
    statements = {path: files.pop(path) for path in list(files) if path.endswith("/queries.py")}
    yield _case("files", files, MOST_LINES_OF_A_FILE, "move what has a name of its own into a file of its own")
    yield _case("statements", statements, MOST_LINES_OF_STATEMENTS, "name the parts of its rules in the design")
    yield _case("functions", functions, MOST_LINES_OF_A_FUNCTION, "give the steps names: a function each")


def _case(title: str, lines: dict[str, int], most: int, advice: str) -> Case:
    long = {name: number for name, number in lines.items() if number > most}
    longest = max(lines, key=lambda name: lines[name], default="")
    measures = (Measure(title, len(lines)), Measure("longest", lines.get(longest, 0), "lines"))
    expected = f"at most {most} lines each"
    if long:
        actual = "; ".join(
            f"{name}: {number} lines" for name, number in sorted(long.items(), key=lambda each: -each[1])
        )
        return Case(title, Verdict.FAILED, expected, actual, advice=advice, measures=measures)
    return Case(title, Verdict.HELD, expected, f"the longest is {longest}: {lines.get(longest, 0)}", measures=measures)


PROBE = Probe("lengths", Group.MAINTAIN, "no file and no function is too long to read", lengths)
