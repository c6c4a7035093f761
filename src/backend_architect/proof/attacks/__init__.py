"""What an attacker tries over HTTP, one property a file; the numbers P01 to P64 are those of docs/proof.md."""

from backend_architect.proof.attacks import answer_headers, no_credential
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (no_credential.PROBE, answer_headers.PROBE)
