"""What carries a log as records: JSON objects or the rows of a log explorer's CSV, with the log's text in one field.

Docker's json-file and fluentd (`log`), Google's Cloud Logging (`textPayload`), CloudWatch (`message`), RDS
(`LogFileData`), Azure (`properties.message`), Loki (`line`), journald (`MESSAGE`), Supabase (`event_message`), and
CloudNativePG, whose `record` has the fields of a jsonlog.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from backend_architect.errors import Problem
from backend_architect.tune.reading.files import WorkloadError
from backend_architect.tune.reading.logs.stream import LONGEST
from backend_architect.tune.reading.logs.text_log import CUT_MARK, HEAD, NOISE_MARK

SAMPLE = 50
DOCUMENT = 256 * 2**20
"""Characters of a file that is one JSON document: it is read whole."""
TEXTS = (
    *(
        "log",
        "textPayload",
        "event_message",
        "@message",
        "MESSAGE",
        "message",
        "Message",
        "line",
        "Line",
        "LogFileData",
    ),
    *("_raw", "jsonPayload.message", "properties.message", "content", "msg"),
)
BROKEN = "@broken"
LISTS = ("events", "logEvents", "entries", "results", "result", "data")
BARE = ("duration: ", "statement: ", "execute ")
SESSIONS = ("session_id", "process_id", "pid", "processId")


def is_json(beginning: Sequence[str]) -> bool:
    """Return whether lines are those of JSON that carries something else than a jsonlog's own objects."""
    first = next((line.strip() for line in beginning if line.strip()), "")
    if not first.startswith(("{", "[")):
        return False
    one = _loaded(first)
    if isinstance(one, dict):
        return "error_severity" not in one
    return isinstance(one, list) or first in {"[", "{", "[{"} or first.startswith(('[{"', '{"'))


def from_json(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the log that JSON objects carry, one a line or all in one document."""
    records = _records(lines)
    sample = list(islice(records, SAMPLE))
    kept = any(_text(each).endswith("\n") for each in sample if "log" in each)
    pending = ""
    for record in chain(sample, records):
        inner = record.get("record")
        if BROKEN in record:
            yield f"{CUT_MARK}\n"
        elif isinstance(inner, dict) and "error_severity" in inner:
            yield f"{json.dumps(inner)}\n"
        elif "error_severity" in record and isinstance(record.get("message"), str):
            yield f"{json.dumps(record)}\n"
        elif kept and "log" in record:  # Docker ends each line with a line end, and cuts long ones into pieces
            pending += _text(record)
            if pending.endswith("\n"):
                yield from _lines(pending, record)
                pending = ""
        else:
            yield from _lines(_text(record), record)
    if pending:
        yield from (*_lines(pending, {}), f"{CUT_MARK}\n")


def is_explorer(beginning: Sequence[str]) -> bool:
    """Return whether the first line names the columns of a log explorer's CSV."""
    first = next((line for line in beginning if line.strip()), "")
    return "," in first and any(name.strip() in TEXTS for name in next(csv.reader([first]), []))


def from_explorer(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the log that the rows of a CSV with a header carry."""
    csv.field_size_limit(LONGEST)
    for row in csv.DictReader(lines):
        record = {name.strip(): value for name, value in row.items() if isinstance(name, str)}
        yield from _lines(_text(record), record)
        if None in record.values():  # the file ends within the row
            yield f"{CUT_MARK}\n"


def fields_of(beginning: Sequence[str]) -> tuple[str, ...]:
    """Return the names in the first object of some JSON, that of the longest text first; () where it is none."""
    first = next(_records(iter(beginning)), {}) if is_json(beginning) else {}
    longest = max(first, key=lambda name: len(first[name]) if isinstance(first[name], str) else -1, default="")
    return tuple(dict.fromkeys([longest, *first])) if first else ()


def _records(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    ahead = iter(lines)
    first = next((line for line in ahead if line.strip()), "")
    if _loaded(first) is None:  # one document over many lines, or several on one
        yield from _in_order([each for one in _documents(_whole(chain([first], ahead))) for each in _listed(one)])
        return
    for line in chain([first], ahead):
        if line.strip():
            one = _loaded(line)
            yield from _in_order(list(_listed(one))) if one is not None else [{BROKEN: line}]


def _whole(lines: Iterable[str]) -> str:
    parts, length = [], 0
    for line in lines:
        parts.append(line)
        length += len(line)
        if length > DOCUMENT:
            fix = "write one object a line: jq -c '.[]' FILE"
            raise WorkloadError(Problem("workload-too-large", "the JSON document is larger than 256 MiB", fix))
    return "".join(parts)


def _documents(text: str) -> Iterator[Any]:
    """Yield the documents of a text one after the other, with nothing or white space between them."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        try:
            one, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield one


def _listed(one: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a document: of a list, of the list that an answer holds, or itself."""
    if isinstance(one, list):
        yield from (each for each in one if isinstance(each, dict))
    elif isinstance(one, dict):
        inner = next((one[name] for name in LISTS if isinstance(one.get(name), list)), None)
        yield from (each for each in inner if isinstance(each, dict)) if inner else (one,)


def _in_order(records: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return records the oldest first: explorers show the newest first."""
    times = [str(each.get("timestamp", "")) for each in (*records[:1], *records[-1:])]
    return records[::-1] if len(times) > 1 and times[0] > times[1] else records


def _text(record: Mapping[str, Any]) -> str:
    for name in TEXTS:
        value: Any = record.get(name)
        if value is None and "." in name:
            outer, inner = name.split(".")
            value = record[outer].get(inner) if isinstance(record.get(outer), dict) else None
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _lines(text: str, record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one record; those behind the first belong to it, whether a tab says so or not."""
    own = text.rstrip("\n").split("\n") if text.strip() else [NOISE_MARK]
    if own[0].startswith(BARE):
        session = next((str(record[name]) for name in SESSIONS if record.get(name)), "")
        own[0] = f"{f'[{session}] ' if session else ''}{record.get('error_severity') or 'LOG'}:  {own[0]}"
    for place, line in enumerate(own):
        goes_on = place and not line.startswith("\t") and not HEAD.match(line)
        yield f"{chr(9) if goes_on else ''}{line}\n"


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
