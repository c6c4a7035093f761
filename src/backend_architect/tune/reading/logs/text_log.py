"""Logs as text: each entry begins with a log_line_prefix that nobody tells us, and goes on in lines with a tab."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from backend_architect.tune.reading.logs.entry import LEVELS, LogEntry

HEAD = re.compile(rf"(?P<prefix>(?:\S.{{0,600}}?)??)\b(?P<level>{'|'.join(LEVELS)}):  (?P<message>.*)", re.DOTALL)
SESSION = re.compile(
    r"\b([0-9a-f]{6,}\.[0-9a-f]{1,8})\b|\[(\d+)(?:-\d+)?\]|pid[=: ]\s*(\d+)|\((\d{2,})\)"
    r"|(?<![\d.:-])(\d{3,7})(?![\d.:-])"
)
"""%c, then %p in the usual brackets, then any number that could be one."""
DATABASE = re.compile(r"(?:\bdb[=:]|\bdatabase[=:]|[\w\]]@)\"?([A-Za-z_][\w$-]*)")
MARKS = ("\t", "\x1e", "\x1f")
TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")
LARGEST = 8 * 2**20
"""Characters of an entry; of a longer one the rest is dropped, and then it cannot be parsed."""
NOISE_MARK, CUT_MARK = "\x1e", "\x1f"
"""What a line begins with that belongs to no entry, and what follows an entry of which a piece is missing."""
ANOTHERS = re.compile(r"\W{0,2}\d{4}-\d\d-\d\d|[\[{<]|\S+: ")
"""How lines of other programs begin, which share a container's log: a time, a bracket, a word with a colon."""


def text_entries(lines: Iterable[str]) -> Iterator[LogEntry | None]:
    """Yield the entries of a log, each with its detail, and None for each line that belongs to none."""
    last: LogEntry | None = None
    for entry in _pieces(lines):
        if entry is None:
            yield None
        elif entry.level == "DETAIL" and last is not None and entry.session == last.session:
            last = replace(last, detail=entry.message)
        else:
            if last is not None:
                yield last
            last = entry
    if last is not None:
        yield last


def _pieces(lines: Iterable[str]) -> Iterator[LogEntry | None]:
    """Yield each message with its further lines, the details by themselves."""
    entry: LogEntry | None = None
    parts: list[str] = []
    loose: list[str] = []
    length = 0
    for line in lines:
        head = None if line[:1] in MARKS else HEAD.match(line)
        if head is not None:
            if entry is not None:
                yield _ended(entry, parts, loose)
            entry, parts, loose, length = _begun(head), [head["message"]], [], 0
        elif entry is not None and (line.startswith("\t") or _may_go_on(line)):
            length += len(line)
            own = loose if loose or not line.startswith("\t") else parts
            own += [line.removeprefix("\t")] if length < LARGEST else []
        elif line.strip():
            yield None
    if entry is not None:
        yield _ended(entry, parts, loose)


def _may_go_on(line: str) -> bool:
    """Return whether a line without a tab may be the rest of an entry that something on the way has cut."""
    return line.startswith(CUT_MARK) or bool(line.strip() and line[0] != NOISE_MARK and not ANOTHERS.match(line))


def _ended(entry: LogEntry, parts: list[str], loose: list[str]) -> LogEntry:
    return replace(entry, message="".join(parts).rstrip("\n"), loose="".join(loose).rstrip("\n"))


def _begun(head: re.Match[str]) -> LogEntry:
    prefix = head["prefix"]
    session, database, time = SESSION.search(prefix), DATABASE.search(prefix), TIME.search(prefix)
    return LogEntry(
        session=next(filter(None, session.groups())) if session else "",
        level=head["level"],
        message="",
        database=database[1] if database else "",
        time=time[0] if time else "",
    )
