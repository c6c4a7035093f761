"""A built project → Evidence: its own tests, access, attacks, faults and plans, tried on a running copy of it.

`read_subject` reads any project that follows the layout, edited by hand or not; `prove` runs probes on it in a `Lab`,
one after the other, and gives the evidence after each. Nothing of the project is changed.
"""

from backend_architect.proof.evidence import Case, Evidence, Group, Measure, ProofQuestion, Result, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.prove import ProofStep, prove
from backend_architect.proof.registry import PROBES, choose_probes
from backend_architect.proof.subject import Subject, read_subject

__all__ = [
    "PROBES",
    "Case",
    "Evidence",
    "Group",
    "Lab",
    "Measure",
    "Probe",
    "ProofQuestion",
    "ProofStep",
    "Result",
    "Subject",
    "Verdict",
    "choose_probes",
    "prove",
    "read_subject",
]
