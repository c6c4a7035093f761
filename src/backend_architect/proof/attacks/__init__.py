"""What an attacker tries over HTTP, one property a file; the numbers P01 to P64 are those of docs/proof.md."""

from backend_architect.proof.attacks import (
    answer_headers,
    deep_body,
    large_body,
    media_type,
    no_credential,
    page_size,
)
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (
    no_credential.PROBE,
    page_size.PROBE,
    large_body.PROBE,
    deep_body.PROBE,
    media_type.PROBE,
    answer_headers.PROBE,
)
