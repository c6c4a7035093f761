"""What an attacker tries over HTTP, one property a file; the numbers P01 to P64 are those of docs/proof.md."""

from backend_architect.proof.attacks import (
    answer_headers,
    cross_origin,
    deep_body,
    documentation,
    failure_details,
    health,
    large_body,
    log_injection,
    media_type,
    methods,
    no_credential,
    page_size,
    problem_details,
    request_ids,
)
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (
    no_credential.PROBE,
    page_size.PROBE,
    large_body.PROBE,
    deep_body.PROBE,
    media_type.PROBE,
    problem_details.PROBE,
    methods.TRACE,
    methods.UNDECLARED,
    answer_headers.PROBE,
    cross_origin.PROBE,
    documentation.PROBE,
    health.PROBE,
    request_ids.PROBE,
    failure_details.PROBE,
    log_injection.PROBE,
)
