"""How problems are shown: for a person, or as data with --json."""

import json
import sys
from collections.abc import Iterable

from backend_architect.cli.terminal import TerminalPaint, paint
from backend_architect.errors import ArchitectError, Problem
from backend_architect.report.visible import visible

PROBLEMS = 1
USAGE = 2


def show_failure(error: ArchitectError, *, as_json: bool) -> None:
    """Print every problem: as data on standard output, for a person on standard error."""
    if as_json:
        problems = [problem for problem in error.problems if problem.severity == "problem"]
        others = [problem for problem in error.problems if problem.severity != "problem"]
        data = {"problems": problems_as_data(problems), **({"warnings": problems_as_data(others)} if others else {})}
        print(json.dumps(data, indent=2, ensure_ascii=False))
        return
    colours = paint(sys.stderr)
    for problem in error.problems:
        print(problem_text(problem, colours), file=sys.stderr)
    count = sum(problem.severity == "problem" for problem in error.problems)
    if count > 1:
        print(f"{count} problems", file=sys.stderr)


def print_warnings(warnings: Iterable[Problem]) -> None:
    """Print warnings and notes for a person, on standard output: nothing has failed."""
    colours = paint(sys.stdout)
    for warning in warnings:
        print(problem_text(warning, colours))


def problem_text(problem: Problem, colours: TerminalPaint) -> str:
    """Return a problem as a line that editors can jump to, and its fix below."""
    where = f"{colours.bold(str(problem.place))}: " if problem.place.file else ""
    code = colours.red(problem.code) if problem.severity == "problem" else colours.yellow(problem.code)
    kind = "" if problem.severity == "problem" else f"{problem.severity}: "
    text = f"{where}{kind}{code}: {visible(problem.message)}"
    return f"{text}\n  {colours.green('fix:')} {visible(problem.fix)}" if problem.fix else text


def problems_as_data(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Return problems as plain data."""
    return [
        {
            "code": problem.code,
            "message": problem.message,
            "fix": problem.fix,
            "file": problem.place.file,
            "line": problem.place.line,
            "column": problem.place.column,
            "path": problem.place.path,
            **({"severity": problem.severity} if problem.severity != "problem" else {}),
        }
        for problem in problems
    ]
