"""The mutation run of one project: what is left out and why, the probes that hold, and a trial for each weakening."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from backend_architect.errors import ArchitectError
from backend_architect.postgres import EmbeddedServer
from backend_architect.proof.evidence import Group
from backend_architect.proof.mutation.equivalents import why_equivalent
from backend_architect.proof.mutation.generate import generate, implied
from backend_architect.proof.mutation.likely import ordered
from backend_architect.proof.mutation.trial import (
    Outcome,
    Trial,
    TrialLab,
    cannot_run,
    first_failure,
    tried_once,
    weakened_copy,
)
from backend_architect.proof.mutation.weakening import Weakening
from backend_architect.proof.probe import Probe
from backend_architect.proof.subject import read_subject

GROUPS = frozenset({Group.ACCESS, Group.ATTACKS})
IMPLIED = "another part of the condition says as much: A AND (A OR B) is A"


@dataclass(frozen=True, slots=True)
class StrongProject:
    """A strong project, its probes, and the seconds of each; `known` are the cases that fail already, and how."""

    name: str
    folder: Path
    migrations: str
    probes: tuple[Probe, ...]
    seconds: Mapping[str, float]
    known: Mapping[str, str]


def weakenings_of(folder: Path) -> tuple[tuple[Weakening, ...], tuple[tuple[Weakening, str], ...]]:
    """Return the weakenings of a built project, and apart from them those that change nothing, each with its reason."""
    unneeded = implied(folder)
    tried, equal = [], []
    for each in generate(folder):
        why = IMPLIED if each.name in unneeded else why_equivalent(each)
        if why:
            equal.append((each, why))
        else:
            tried.append(each)
    return tuple(tried), tuple(equal)


def prepare(
    name: str, folder: Path, server: EmbeddedServer, probes: Sequence[Probe], *, trust: bool = False
) -> StrongProject:
    """Return the strong project, its probes tried once unless it is trusted to hold; its template database stays."""
    subject = read_subject(folder)
    wanted = [probe for probe in probes if probe.group in GROUPS]
    with TrialLab(subject, _quiet, server, subject.migrations) as lab:
        seconds, known = tried_once(lab, [] if trust else wanted)
        lab.database()  # and its template, for all trials
    return StrongProject(name, folder, subject.migrations, tuple(wanted), seconds, known)


def try_all(
    strong: StrongProject, found: Sequence[Weakening], server: EmbeddedServer, jobs: int = 2
) -> Iterator[Trial]:
    """Give what came of each weakening, as it comes; each process ends the servers that it started."""
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=apart) as pool:
        for done in as_completed([pool.submit(try_one, strong, each, server) for each in found]):
            yield done.result()


def try_one(strong: StrongProject, found: Weakening, server: EmbeddedServer) -> Trial:
    """Return what came of one weakening."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="architect-weakened-") as place:
        Path(place).chmod(0o755)
        folder = weakened_copy(strong.folder, found, Path(place) / strong.name)
        outcome, probe, why = _tried(strong, found, folder, server)
    return Trial(strong.name, found, outcome, probe, why, round(time.monotonic() - started, 1))


def _tried(strong: StrongProject, found: Weakening, folder: Path, server: EmbeddedServer) -> tuple[Outcome, str, str]:
    try:
        subject = read_subject(folder)
    except ArchitectError as error:
        return Outcome.NOT_TRIED, "", str(error)
    with TrialLab(subject, _quiet, server, strong.migrations) as lab:
        why = cannot_run(lab, found)
        if why:
            return Outcome.NOT_TRIED, "", why
        caught = first_failure(lab, ordered(found, strong.probes, strong.seconds), frozenset(strong.known))
    if caught is None:
        return Outcome.SURVIVED, "", ""
    probe, case = caught
    return Outcome.CAUGHT, probe, f"{case.title}: {case.actual}"


def _quiet(_: str) -> None:
    """Say nothing: many are tried at once."""
