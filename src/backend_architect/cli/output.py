"""What every command prints: data as JSON, problems with their fixes, and colours."""

import json
import os
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TextIO

from backend_architect.errors import ArchitectError, Problem
from backend_architect.report.visible import visible


def as_data(value: object) -> object:
    """Return a value of ours as mappings, lists and scalars; keys that are tuples are joined with dots."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): as_data(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [as_data(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def data_text(value: object) -> str:
    """Return a value as JSON."""
    return json.dumps(as_data(value), indent=2, ensure_ascii=False) + "\n"


def print_data(value: object) -> None:
    """Print a value as JSON."""
    print(data_text(value), end="")


def _key(key: object) -> str:
    return ".".join(map(str, key)) if isinstance(key, tuple) else str(key)


@dataclass(frozen=True, slots=True)
class TerminalPaint:
    """Wraps text in the terminal's colour codes, or leaves it as it is."""

    on: bool

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def red(self, text: str) -> str:
        return self._in("31", text)

    def green(self, text: str) -> str:
        return self._in("32", text)

    def yellow(self, text: str) -> str:
        return self._in("33", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on else text


def quoted(word: object) -> str:
    """Return a word as a shell takes it, for commands that people paste."""
    return shlex.quote(str(word))


def paint(stream: TextIO) -> TerminalPaint:
    """Return the colours for a stream."""
    quiet = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return TerminalPaint(stream.isatty() and not quiet)


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


def print_warnings(warnings: Iterable[Problem], stream: TextIO | None = None) -> None:
    """Print warnings and notes for a person, on standard output if not said otherwise: nothing has failed."""
    stream = stream or sys.stdout
    colours = paint(stream)
    for warning in warnings:
        print(problem_text(warning, colours), file=stream)


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
