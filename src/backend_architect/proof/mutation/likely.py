"""Which probes look where a weakening is: they are tried first, since the first that fails ends the trial."""

from collections.abc import Mapping, Sequence

from backend_architect.proof.mutation.weakening import Weakening
from backend_architect.proof.probe import Probe

ROWS = ("P77", "P12-P14", "routes", "hidden-rows", "P83", "checks", "P16", "P80")
TIMED = frozenset({"P30", "P33", "P59"})
"""They compare times, or send many requests in a short time: on a busy machine they would seem to catch what they do
not, so that they count only where they look at what is weakened."""
LIKELY: Mapping[str, tuple[str, ...]] = {
    "rule-of-list": ("hidden-rows", "P16", "routes"),
    "nested-rule": ("hidden-rows", "P80", *ROWS),
    "filter": ("hidden-rows", "P69"),
    "edge": ("P76", "P80", "P79", "P62"),
    "role": ("routes", "P17", "hidden-rows"),
    "caller": ("P01", "routes"),
    "limit": ("P34-P36", "P33", "P37", "P22", "P21", "P05", "P11", "P73"),
    "page-start": ("P34-P36", "hidden-rows"),
    "cookie": ("S01",),
    "token": ("P07", "P06"),
    "input": ("P41",),
    "file-check": ("P12-P14", "P18-P19"),
    "leak": ("P60",),
    "event": ("P72",),
    "cache-key": ("P69",),
    "lost-update": ("P70",),
    "not-idempotent": ("P71", "P31"),
    "revocation": ("P28", "P26", "P27", "P11", "S02", "P78"),
    "session-condition": ("P28", "P26", "P27", "P11", "P75", "P53", "P54", "S06", "P25", "P31", "P78"),
    "check-in-code": ("P02", "P25", "P26", "P28", "P75", "P70", "P54", "P37", "routes", "P81"),
    "call": ("S04", "P33", "P05", "P28"),
    "half-condition": ("P25", "P29", "P54", "P84", "routes"),
    "taken-from-client": ("P18-P19",),
    "unique": ("P71", "P31", "P62"),
    "foreign-key": ("P74", "P27"),
    "turns": ("P62", "P68"),
    "lock": ("P66", "P82", "P68", "P75"),
    "effect": ("P68", "P67", "P62"),
    "not-undone": ("P68", "P67"),
    "check": ("P79", "P62", "P76"),
}


def ordered(found: Weakening, probes: Sequence[Probe], seconds: Mapping[str, float]) -> list[Probe]:
    """Return the probes, those that look there first, then the quick ones; `seconds` are of the strong project."""
    first = LIKELY.get(found.kind, ROWS)
    place = {name: number for number, name in enumerate(dict.fromkeys(first))}
    meant = [probe for probe in probes if probe.name in place or probe.name not in TIMED]
    return sorted(meant, key=lambda probe: (place.get(probe.name, len(place)), seconds.get(probe.name, 0.0)))
