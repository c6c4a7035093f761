"""Findings of one kind → one with its places: forty tables without an index on a key are one fault of the schema."""

from collections.abc import Iterable
from dataclasses import replace

from backend_architect.finding import Finding

MIN_GROUP = 5
"""Findings of one kind, severity and sureness from which on they are told as one."""
NEVER_GROUPED = {"costly-setting", "no-timeout", "memory-settings"}
"""Kinds of which each finding is another fault: settings."""


def grouped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in their order, many of one kind as the first with the others in `more`.

    One that has a rewrite of its own is told by itself.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, each in enumerate(findings):
        alone = each.code in NEVER_GROUPED or bool(each.rewrite)
        groups.setdefault((number,) if alone else (each.code, each.severity, each.sureness), []).append(each)
    kept: list[Finding] = []
    for own in groups.values():
        kept += [replace(own[0], more=tuple(own[1:]))] if len(own) >= MIN_GROUP else own
    place = {each.key: number for number, own in enumerate(groups.values()) for each in own}
    return tuple(sorted(kept, key=lambda each: (each.severity.rank, each.code, place[each.key])))
