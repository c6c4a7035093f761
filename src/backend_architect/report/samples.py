"""What sessions were seen waiting for → lines for a terminal, and a part of a Markdown report."""

from collections.abc import Iterator

from backend_architect.report.visible import as_markdown, in_one_line
from backend_architect.tune.samples import Samples

MAX_SHOWN = 5
LENGTH = 72
NONE = "No session waited."


def seen_lines(samples: Samples) -> list[str]:
    """Return what sessions were seen waiting for, a line each."""
    blocked, waited = list(_blocked(samples)), list(_waited(samples))
    parts = ["Who waited for a lock, and for whom:", *blocked] if blocked else []
    return [*parts, *(["Sessions that waited, on average:", *waited] if waited else [])] or [NONE]


def samples_markdown(samples: Samples) -> str:
    """Return the same as a part of a Markdown report."""
    parts = ["## What sessions waited for", "", f"{samples.taken:,} samples in {samples.seconds:,.0f} s."]
    blocked, waits = samples.blocked[:MAX_SHOWN], [each for each in samples.waited if each.event][:MAX_SHOWN]
    if blocked:
        parts += ["", "| waited | statement | held up by | its state |", "|--:|---|---|---|"]
    parts += [
        f"| {each.seconds:,.0f} s | {_cell(each.statement)} | {_cell(each.holder)} | {_cell(each.holder_state)} |"
        for each in blocked
    ]
    if waits:
        parts += ["", "| sessions, on average | wait | statement |", "|--:|---|---|"]
    parts += [
        f"| {each.sessions / samples.taken:.1f} | {_cell(each.event)} | {_cell(each.statement)} |" for each in waits
    ]
    return "\n".join(parts if blocked or waits else [*parts, "", NONE]) + "\n"


def _blocked(samples: Samples) -> Iterator[str]:
    for each in samples.blocked[:MAX_SHOWN]:
        held = f"held up by {_short(each.holder)} ({each.holder_state})"
        yield f"  {each.seconds:8,.0f} s  {_short(each.statement)}  {held}"


def _waited(samples: Samples) -> Iterator[str]:
    for each in [each for each in samples.waited if each.event][:MAX_SHOWN]:
        yield f"  {each.sessions / samples.taken:8.1f}  {each.event}  {_short(each.statement)}"


def _cell(text: str) -> str:
    return as_markdown(_short(text))


def _short(text: str) -> str:
    shown = in_one_line(text)
    return shown if len(shown) <= LENGTH else f"{shown[:LENGTH]}…"
