"""A proof goes on where it was interrupted, and only while the project is the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from backend_architect.cli.as_data import as_data
from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Case, Evidence, Group, Lab, Probe, Verdict, prove, read_subject
from backend_architect.proof.stored import read_evidence


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
    assert "nothing is where it was" in evidence.results[0].cases[0].came
