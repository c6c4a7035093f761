"""Every probe, in the order in which they run: what is quick and says much comes first."""

from collections.abc import Iterable, Sequence

from backend_architect import plugins
from backend_architect.errors import ArchitectError, Problem
from backend_architect.proof import access, attacks, contract, faults, maintain, own_tests, plans
from backend_architect.proof.evidence import Group
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (
    own_tests.PROBE,
    *access.PROBES,
    contract.PROBE,
    *maintain.PROBES,
    *plans.PROBES,
    *attacks.PROBES,
    *faults.PROBES,
)


def all_probes() -> tuple[Probe, ...]:
    """Return every probe, those of plugins last."""
    return plugins.with_plugins(PROBES, plugins.PROBES, Probe, lambda probe: probe.name.lower())


class NoSuchProbe(ArchitectError):
    """A word names neither a group of probes nor one of them."""


def choose_probes(words: Sequence[str]) -> tuple[Probe, ...]:
    """Return the probes that the words name, by group or by name, in the order in which they run; all without words."""
    unknown = [word for word in words if not _named(word)]
    if unknown:
        fix = f"name a folder that exists, one of {', '.join(Group)}, or a probe (architect prove --list)"
        raise NoSuchProbe(*(Problem("no-such-probe", f"{word!r} is no folder and no probe", fix) for word in unknown))
    chosen = {probe.name for word in words for probe in _named(word)}
    return tuple(probe for probe in all_probes() if not words or probe.name in chosen)


def _named(word: str) -> Iterable[Probe]:
    return [probe for probe in all_probes() if word.lower() in {probe.group.value, probe.name.lower()}]
