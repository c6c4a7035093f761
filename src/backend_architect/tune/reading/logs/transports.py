"""What carries a log line by line, with a prefix of its own before each: syslog, Heroku, CRI, docker compose, kubectl.

syslog and Heroku send each line of a message by itself, and a long line in pieces, as `[8-1]`, `[8-2]`; messages of
several processes come mixed. They are put together by process and number. `[8]` is a message in one piece.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from backend_architect.tune.reading.logs.text_log import CUT_MARK, HEAD, NOISE_MARK

MIN_MATCHING_SHARE = 0.8
"""Of the lines at the beginning that have a transport's prefix."""
OPEN = 2_000
"""Messages that are kept open for further lines of their process."""
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
BSD = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?"
TRANSPORTS = (
    re.compile(rf"(?:<\d+>)?1 (?P<time>{ISO}) \S+ \S+ (?P<key>\S+) \S+ (?:-|(?:\[[^\]]*\])+)(?: \ufeff?|$)"),
    re.compile(
        rf"(?:<\d+>)?(?:(?P<time>{ISO})|{BSD}) (?:\S+ )?"
        r"[\w./-]+(?:\[(?P<key>[\w.]+)\]|(?<=postgres)): ?(?:\[[A-Z_]+\] )?"
    ),
    re.compile(rf"(?P<time>{ISO}) (?P<key>stdout|stderr) (?P<part>[FP])(?: |$)"),
    re.compile(r"(?:\x1b\[[\d;]*m)*(?P<key>[A-Za-z0-9][\w.-]*) +(?:\x1b\[[\d;]*m)*\|(?:\x1b\[[\d;]*m)* ?"),
    re.compile(r"\[(?P<key>pod/[^\]]+)\] ?"),
    re.compile(rf"(?P<time>{ISO}) "),
)
COUNTER = re.compile(r"\[(?:(?P<number>\d+)-)?(?P<piece>\d+)\] ?")
TABS = ("#011", "\\011", "^I")


@dataclass(slots=True)
class Message:
    """The lines of one message so far, and its number and last piece where the transport counts them."""

    number: str = ""
    piece: int = 0
    lines: list[str] = field(default_factory=list)


def transport_of(beginning: Sequence[str]) -> re.Pattern[str] | None:
    """Return the prefix that most lines have, None where they have none, or one of the server's own."""
    lines = [line for line in beginning if line.strip()]
    for pattern in TRANSPORTS:
        if lines and sum(bool(pattern.match(line)) for line in lines) >= MIN_MATCHING_SHARE * len(lines):
            return pattern
    return None


def without_transport(lines: Iterable[str], pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the lines without the prefix, those of a message one after the other."""
    return _Joiner(pattern).join(lines)


class _Joiner:
    """Puts messages together; those that are open wait for further lines of their process."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._open: dict[str, Message] = {}
        self._parts: dict[str, str] = {}
        self._last = ""

    def join(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            found = self._pattern.match(line)
            if found is None:  # journalctl indents the further lines of a message, and gives them no prefix
                last = self._open.get(self._last)
                if line[:1] in "\t " and last is not None:
                    last.lines.append(f"\t{line.strip()}\n")
                elif line.strip():
                    yield f"{NOISE_MARK}{line}"
                continue
            named = found.groupdict()
            key = named.get("key") or ""
            text = _with_tabs(line[found.end() :])
            if named.get("part") == "P":  # a piece of a line that was too long
                self._parts[key] = self._parts.get(key, "") + text.rstrip("\n")
                continue
            text = self._parts.pop(key, "") + text
            yield from self._take(key, text, named.get("time") or "")
        for key in list(self._open):
            yield from self._close(key)

    def _take(self, key: str, text: str, time: str) -> Iterator[str]:
        counted = COUNTER.match(text)
        number, piece = (counted["number"] or "", int(counted["piece"])) if counted else ("", 0)
        rest = _with_tabs(text[counted.end() :]) if counted else text
        message = self._open.get(key)
        head = HEAD.match(rest) if not rest.startswith("\t") else None
        further = message is not None and counted is not None and piece > 1 and number == message.number
        if head is not None and not (further and number):
            yield from self._close(key)
            self._begin(key, Message(number, piece, [self._headed(key, rest, time)]))
            if len(self._open) > OPEN:
                yield from self._close(next(iter(self._open)))
        elif message is None or (counted is not None and number != message.number):
            yield f"{NOISE_MARK}{rest}"
        else:
            _go_on(message, rest, piece, headed=self._headed(key, rest, time) if head else "")

    def _begin(self, key: str, message: Message) -> None:
        self._open[key] = message
        self._last = key

    def _close(self, key: str) -> Iterator[str]:
        message = self._open.pop(key, None)
        yield from message.lines if message else ()

    def _headed(self, key: str, rest: str, time: str) -> str:
        """Return the beginning of a message with the time and the process that the transport told."""
        process = key.rsplit(".", 1)[-1]
        named = f"[{process}] " if process.isdecimal() else ""
        return f"{time[:19].replace('T', ' ')}{' ' if time else ''}{named}{rest}"


def _go_on(message: Message, rest: str, piece: int, *, headed: str) -> None:
    """Add a line, or a piece of one, to a message; a piece that is missing cuts it."""
    if piece and piece != message.piece + 1:
        message.lines.append(f"{CUT_MARK}\n")
    message.piece = piece or message.piece
    if headed:
        message.lines.append(headed)
    elif rest.startswith("\t") or not piece:
        message.lines.append(rest)
    else:
        message.lines[-1] = message.lines[-1].rstrip("\n") + rest


def _with_tabs(text: str) -> str:
    """Return a line whose tabs a transport wrote otherwise."""
    for written in TABS:
        while text.lstrip("\t").startswith(written):
            text = text.replace(written, "\t", 1)
    return text.replace("#011", "\t").replace("#012", "\n\t")
