"""Runs probes one after the other, and gathers what they found."""

import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from backend_architect import __version__
from backend_architect.postgres import Session
from backend_architect.proof.evidence import Case, Evidence, Machine, Result, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

TRIES = 3


@dataclass(frozen=True, slots=True)
class ProofStep:
    """Where a proof is: the evidence so far, and the probe that runs next (None at the end)."""

    evidence: Evidence
    next: Probe | None


def prove(lab: Lab, probes: Sequence[Probe], earlier: Evidence | None = None) -> Iterator[ProofStep]:
    """Give the evidence after each probe; what `earlier` found to hold in the same state is kept, not tried again."""
    evidence = _begin(lab, probes, earlier)
    done = {result.probe for result in evidence.results}
    for probe in probes:
        if probe.name in done:
            continue
        yield ProofStep(evidence, probe)
        evidence = replace(evidence, results=(*evidence.results, try_probe(lab, probe)))
    yield ProofStep(evidence, None)


def _begin(lab: Lab, probes: Sequence[Probe], earlier: Evidence | None) -> Evidence:
    subject = lab.subject
    wanted = tuple(probe.name for probe in probes)
    kept = earlier.results if earlier and earlier.fingerprint == subject.fingerprint else ()
    results = tuple(r for r in kept if r.probe in wanted and r.verdict in {Verdict.HELD, Verdict.SKIPPED})
    began = datetime.now(UTC).isoformat(timespec="seconds")
    return Evidence(subject.design.name, subject.fingerprint, __version__, began, _machine(lab), wanted, results)


def try_probe(lab: Lab, probe: Probe) -> Result:
    """Return what a probe found: where all but a time held, the machine may have been busy, and it is tried again."""
    started = time.monotonic()
    tries, cases = 1, _cases(lab, probe)
    while _only_late(cases) and tries < TRIES:
        tries, cases = tries + 1, _cases(lab, probe)
    seconds = round(time.monotonic() - started, 3)
    return Result(probe.name, probe.group, probe.title, seconds, tuple(cases), tries)


def _only_late(cases: Sequence[Case]) -> bool:
    against = [case for case in cases if case.verdict in {Verdict.FAILED, Verdict.BROKEN}]
    return bool(against) and all(case.late for case in against)


def _cases(lab: Lab, probe: Probe) -> list[Case]:
    cases: list[Case] = []
    try:
        cases += probe.run(lab)
    except Exception as error:  # noqa: BLE001 - whatever stops a probe belongs into the evidence, and the next one runs
        cases.append(Case(probe.title, Verdict.BROKEN, "the probe can be tried", f"{type(error).__name__}: {error}"))
    return [replace(case, actual=_without_paths(case.actual, lab)) for case in cases]


def _without_paths(text: str, lab: Lab) -> str:
    """Return the text with paths as they are within the project: evidence is shown to others."""
    for folder in (lab.subject.folder, Path(sys.prefix)):
        text = text.replace(f"{folder}/", "")
    return text


def _machine(lab: Lab) -> Machine:
    with Session(lab.server.url()) as session:
        postgresql = str(session.value("SHOW server_version"))
    system = f"{platform.system()} {platform.machine()}"
    processors = psutil.cpu_count() or 1
    return Machine(processors, psutil.virtual_memory().total, system, platform.python_version(), postgresql)
