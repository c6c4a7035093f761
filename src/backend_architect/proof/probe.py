"""A probe: one property, tried on a running copy of a project."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab


@dataclass(frozen=True, slots=True)
class Probe:
    """`title` says what holds when the probe holds; `run` tries it and gives a case for each thing it tried."""

    name: str
    group: Group
    title: str
    run: Callable[[Lab], Iterable[Case]]
