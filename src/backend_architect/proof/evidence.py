"""Evidence: what was tried on a backend, what was expected, what came, and how to repeat it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Verdict(StrEnum):
    """What one case, one probe or one question came to."""

    HELD = "held"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It does not concern this backend, and `came` says why."""
    BROKEN = "broken"
    """It could not be tried: that is no proof, and counts as a failure."""


class ProofQuestion(StrEnum):
    """The three questions at the end of everything."""

    WORKS = "Will it work?"
    TENFOLD = "Will it hold ten times the load?"
    MAINTAINED = "Can someone else maintain it?"


class Group(StrEnum):
    """The probes that one word of the command line runs."""

    TESTS = "tests"
    ACCESS = "access"
    CONTRACT = "contract"
    ATTACKS = "attacks"
    FAULTS = "faults"
    PLANS = "plans"
    MAINTAIN = "maintain"

    @property
    def question(self) -> ProofQuestion:
        """Return the question that the group's probes answer."""
        answers = {Group.PLANS: ProofQuestion.TENFOLD, Group.MAINTAIN: ProofQuestion.MAINTAINED}
        return answers.get(self, ProofQuestion.WORKS)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a case. `at` is the size it belongs to (`1x`); `measured` is false for a projected figure."""

    name: str
    value: float
    unit: str = ""
    at: str = ""
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was tried. `repeat` is a command that tries it again; `advice` what mends a failure.

    `late` is true where all came as expected, but not in time: that may be the machine's doing.
    """

    title: str
    verdict: Verdict
    expected: str
    actual: str
    repeat: str = ""
    advice: str = ""
    measures: tuple[Measure, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """All cases of one probe. `seconds` is the time that it took, all `tries` together."""

    probe: str
    group: Group
    title: str
    seconds: float
    cases: tuple[Case, ...]
    tries: int = 1

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict of its cases; a probe without a case tried nothing."""
        return worst(case.verdict for case in self.cases)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the evidence was gathered. `memory` is in bytes."""

    processors: int
    memory: int
    system: str
    python: str
    postgresql: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a proof found out about one state of a project; `fingerprint` identifies that state.

    `began` is a time in ISO 8601. `wanted` are the names of the probes that were asked for: while some of them have no
    result, the proof was interrupted.
    """

    project: str
    fingerprint: str
    tool: str
    began: str
    machine: Machine
    wanted: tuple[str, ...]
    results: tuple[Result, ...]

    @property
    def complete(self) -> bool:
        """Return whether every probe that was asked for has a result."""
        return set(self.wanted) <= {result.probe for result in self.results}

    @property
    def held(self) -> bool:
        """Return whether the proof is complete and nothing failed."""
        return self.complete and all(r.verdict in {Verdict.HELD, Verdict.SKIPPED} for r in self.results)

    def with_results_of(self, earlier: "Evidence | None") -> "Evidence":
        """Return this evidence with what an earlier proof of the same state found out beside it."""
        if earlier is None or earlier.fingerprint != self.fingerprint:
            return self
        own = {result.probe for result in self.results}
        kept = tuple(result for result in earlier.results if result.probe not in own)
        return replace(self, results=(*kept, *self.results))

    def of(self, question: ProofQuestion) -> tuple[Result, ...]:
        """Return the results that answer a question."""
        return tuple(result for result in self.results if result.group.question is question)


def timely(held: bool, seconds: float, at_most: float) -> tuple[Verdict, bool]:
    """Return the verdict of a case that must hold within a time, and whether only the time is against it."""
    late = held and seconds >= at_most
    return Verdict.HELD if held and not late else Verdict.FAILED, late


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of several together: skipped only where all are, broken where there is none."""
    found = set(verdicts)
    for verdict in (Verdict.FAILED, Verdict.BROKEN, Verdict.HELD, Verdict.SKIPPED):
        if verdict in found:
            return verdict
    return Verdict.BROKEN


def skipped(title: str, why: str) -> Case:
    """Return a case that does not concern this backend."""
    return Case(title, Verdict.SKIPPED, "", why)
