"""Whether somebody else can maintain it: style, types, lengths, words, slices, and a design that changes."""

from backend_architect.proof.maintain import documented, lengths, slices, strict_types, style, upgrade
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (
    style.PROBE,
    strict_types.PROBE,
    lengths.PROBE,
    documented.PROBE,
    slices.PROBE,
    upgrade.PROBE,
)
