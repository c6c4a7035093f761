"""A proof goes on where it was interrupted, and only while the project is the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.cli.output import TerminalPaint, as_data
from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Case, Evidence, Group, Lab, Probe, Verdict, prove, read_subject
from backend_architect.proof.evidence import timely
from backend_architect.proof.stored import read_evidence
from backend_architect.report.evidence import result_line


def _probes(tried: list[str]) -> list[Probe]:
    def probe(name: str, verdict: Verdict) -> Probe:
        def run(_: Lab) -> list[Case]:
            tried.append(name)
            return [Case(name, verdict, "it holds", "it came")]

        return Probe(name, Group.ATTACKS, name, run)

    return [probe("first", Verdict.HELD), probe("second", Verdict.FAILED), probe("third", Verdict.HELD)]


def test_what_held_is_not_tried_again(built: Callable[[str], Path], server: EmbeddedServer) -> None:
    tried: list[str] = []
    subject = read_subject(built("social-sharing"))
    with Lab(subject, print, server) as lab:
        steps = prove(lab, _probes(tried))
        interrupted = [next(steps), next(steps), next(steps)][-1].evidence
        assert not interrupted.complete
        stored = read_evidence(as_data(interrupted))  # type: ignore[arg-type]
        assert stored == interrupted
        whole = list(prove(lab, _probes(tried), stored))[-1].evidence
        changed = replace(stored, fingerprint="of another state")
        again = list(prove(lab, _probes(tried), changed))[-1].evidence
    assert tried == ["first", "second", "second", "third", "first", "second", "third"]
    assert whole.complete and not whole.held
    assert [result.probe for result in again.results] == ["first", "second", "third"]


def test_a_probe_that_breaks_is_no_proof(built: Callable[[str], Path], server: EmbeddedServer) -> None:
    def run(_: Lab) -> list[Case]:
        raise LookupError("nothing is where it was")

    with Lab(read_subject(built("social-sharing")), print, server) as lab:
        evidence: Evidence = list(prove(lab, [Probe("broken", Group.ATTACKS, "it holds", run)]))[-1].evidence
    assert evidence.results[0].verdict is Verdict.BROKEN
    assert not evidence.held
    assert "nothing is where it was" in evidence.results[0].cases[0].actual


@pytest.mark.parametrize(
    ("late", "tries"), [((True, True, False), 3), ((True, False), 2), ((True, True, True, True), 3)]
)
def test_what_came_too_late_is_tried_again(
    late: tuple[bool, ...], tries: int, built: Callable[[str], Path], server: EmbeddedServer
) -> None:
    turns = iter(late)

    def run(_: Lab) -> list[Case]:
        verdict, is_late = timely(held=True, seconds=2.0 if next(turns) else 0.5, at_most=1.0)
        return [Case("an answer", verdict, "within 1 s", "it came", late=is_late)]

    with Lab(read_subject(built("social-sharing")), print, server) as lab:
        [result] = list(prove(lab, [Probe("late", Group.FAULTS, "it is soon", run)]))[-1].evidence.results
    assert result.tries == tries
    assert result.verdict is (Verdict.FAILED if all(late) else Verdict.HELD)
    assert f"tried {tries} times" in result_line(result, TerminalPaint(on=False))


def test_what_came_wrong_is_not_tried_again(built: Callable[[str], Path], server: EmbeddedServer) -> None:
    def run(_: Lab) -> list[Case]:
        verdict, is_late = timely(held=False, seconds=2.0, at_most=1.0)
        return [Case("an answer", verdict, "200 within 1 s", "500", late=is_late)]

    with Lab(read_subject(built("social-sharing")), print, server) as lab:
        [result] = list(prove(lab, [Probe("wrong", Group.FAULTS, "it is right", run)]))[-1].evidence.results
    assert (result.verdict, result.tries) == (Verdict.FAILED, 1)
