"""One weakening tried: a copy of the project with it, running, and the probes one by one until the first that fails."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend_architect.errors import ArchitectError
from backend_architect.postgres import EmbeddedServer, Refused, Session
from backend_architect.proof.evidence import Case, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.mutation.weakening import Weakening
from backend_architect.proof.plans.statements import read_statements
from backend_architect.proof.probe import Probe
from backend_architect.proof.prove import try_probe
from backend_architect.proof.subject import Subject

LEFT_OUT = shutil.ignore_patterns(".data", ".venv", "tests", "docs")


class Outcome(StrEnum):
    """What came of a weakening."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    NOT_TRIED = "could not be tried"
    """The weakened project does not start, or a statement of it cannot be prepared: that is no catch."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A weakening, what came of it, the probe that caught it, and the case that says how, or why it was not tried."""

    example: str
    weakening: Weakening
    outcome: Outcome
    probe: str = ""
    why: str = ""
    seconds: float = 0.0


class TrialLab(Lab):
    """A lab that drops the databases that it made."""

    def __init__(self, subject: Subject, tell: Callable[[str], None], server: EmbeddedServer, kept: str) -> None:
        super().__init__(subject, tell, server)
        self._kept = f"proof_{kept}"
        self._made: list[str] = []

    def __exit__(self, *details: object) -> None:
        super().__exit__(*details)
        with Session(self.server.url()) as admin:
            for name in self._made:
                admin.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _create(self, name: str, template: str = "template0") -> None:
        super()._create(name, template)
        if name != self._kept:
            self._made.append(name)


def weakened_copy(strong: Path, found: Weakening, folder: Path) -> Path:
    """Return a copy of the project with the weakening; times of files stay, so that nothing else is compiled anew."""
    shutil.copytree(strong, folder, ignore=LEFT_OUT)
    found.apply(folder)
    return folder


def cannot_run(lab: Lab, found: Weakening) -> str:
    """Return why the project does not start, or which statement cannot be prepared; '' where all can be tried."""
    try:
        process = lab.backend.process
    except (ArchitectError, OSError, Refused) as error:
        return f"it does not start: {' '.join(str(error).split())[:300]}"
    if process.poll() is not None:
        return "it ended after its start"
    return _unprepared(lab) if any(edit.file.endswith(".py") for edit in found.edits) else ""


def _unprepared(lab: Lab) -> str:
    with Session(lab.backend.place.environment["DATABASE_URL"]) as session:
        for number, statement in enumerate(read_statements(lab).statements):
            try:
                session.run(f"PREPARE tried_{number} AS {statement.sql}")
            except Refused as error:
                return f"{statement.name} cannot be prepared: {error}"
    return ""


def first_failure(lab: Lab, probes: Sequence[Probe], known: frozenset[str]) -> tuple[str, Case] | None:
    """Return the first probe that fails where the strong project does not, and the case; what was late counts not."""
    for probe in probes:
        result = try_probe(lab, probe)
        for case in result.cases:
            if case.verdict is Verdict.FAILED and not case.late and _known_as(probe, case) not in known:
                return probe.name, case
    return None


def tried_once(lab: Lab, probes: Iterable[Probe]) -> tuple[dict[str, float], dict[str, str]]:
    """Return the seconds of each probe on the strong project, and the cases that fail already, with what came."""
    seconds: dict[str, float] = {}
    known: dict[str, str] = {}
    for probe in probes:
        result = try_probe(lab, probe)
        seconds[probe.name] = result.seconds
        wrong = [case for case in result.cases if case.verdict in {Verdict.FAILED, Verdict.BROKEN}]
        known |= {_known_as(probe, case): f"{case.verdict}: {case.actual[:160]}" for case in wrong}
    return seconds, known


def _known_as(probe: Probe, case: Case) -> str:
    return f"{probe.name}: {case.title}"
