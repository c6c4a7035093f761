"""What a log's message says of a statement: that it ran, for how long, with which values and which plan."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backend_architect.tune.reading.logs.entry import LogEntry

DURATION = re.compile(r"duration: ([0-9.]+) ms(?:  (.*))?", re.DOTALL)
RAN = re.compile(r"(?:statement|execute(?: fetch from)? (?:<unnamed>|[^\s:]*)): (.*)", re.DOTALL)
PREPARED = re.compile(r"(?:parse|bind) (?:<unnamed>|[^\s:]*): ")
PLAN = "plan:\n"
PARAMETERS = re.compile(r"\s*parameters: (.*)", re.DOTALL | re.IGNORECASE)
PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
TEXT_PLAN = re.compile(r"^Query Text: (.*?)\n(?:Query Parameters: (.*?)\n)?(?=[A-Z][^\n]*  \(cost=)", re.DOTALL)

Kind = Literal["ran", "planned", "began", "ended", "prepared", "other", "unknown plan"]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """`ran`: a statement with its duration · `planned`: with its plan · `began`: its text, `ended`: its duration later.

    `prepared` is a parse or bind, which is no run of its own.
    """

    kind: Kind
    text: str = ""
    milliseconds: float = 0.0
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None


def read_message(entry: LogEntry) -> LoggedEvent:
    """Return what an entry says of a statement; its kind is `other` where it says nothing of one."""
    if entry.level != "LOG":
        return LoggedEvent("other")
    duration = DURATION.fullmatch(entry.message)
    if duration is None:
        ran = RAN.fullmatch(entry.message)
        return LoggedEvent("began", ran[1], parameters=_detail(entry)) if ran else LoggedEvent("other")
    milliseconds, rest = float(duration[1]), duration[2] or ""
    if rest.startswith(PLAN):
        return _plan(rest.removeprefix(PLAN), milliseconds)
    ran = RAN.fullmatch(rest)
    if ran:
        return LoggedEvent("ran", ran[1], milliseconds, _detail(entry))
    if PREPARED.match(rest):
        return LoggedEvent("prepared")
    return LoggedEvent("other" if rest else "ended", milliseconds=milliseconds)


def read_parameters(text: str) -> Mapping[str, str | None]:
    """Return the values in `$1 = '7', $2 = NULL`, by `$1`."""
    found = PARAMETER.findall(text)
    return {f"${number}": None if value == "NULL" else value[1:-1].replace("''", "'") for number, value in found}


def _detail(entry: LogEntry) -> Mapping[str, str | None]:
    match = PARAMETERS.fullmatch(entry.detail)
    return read_parameters(match[1]) if match else {}


def _plan(text: str, milliseconds: float) -> LoggedEvent:
    if not text.lstrip().startswith("{"):
        return _text_plan(text, milliseconds)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return LoggedEvent("unknown plan")
    if not isinstance(data, dict) or not isinstance(data.get("Query Text"), str):
        return LoggedEvent("unknown plan")
    parameters = read_parameters(str(data.get("Query Parameters", "")))
    return LoggedEvent("planned", data["Query Text"], milliseconds, parameters, data if "Plan" in data else None)


def _text_plan(text: str, milliseconds: float) -> LoggedEvent:
    found = TEXT_PLAN.match(text)
    if found is None:
        return LoggedEvent("unknown plan")
    return LoggedEvent("planned", found[1], milliseconds, read_parameters(found[2] or ""))
