"""P59: whoever guesses passwords does not escape the limit by making up addresses that the request came from."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.guessing import GUESSES, told
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import SIGN_IN
from backend_architect.proof.probe import Probe

HOP = "172.18.0.1"
"""The address that the trusted proxy saw, and so the last one that it wrote."""

NAMES = ("x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip")
OTHERS = {"forwarded": "for={fake}", **dict.fromkeys(NAMES, "{fake}")}


def forged_address(lab: Lab) -> Iterator[Case]:
    """Give a case behind a trusted proxy, one for other headers, one for IPv6, and one without any proxy."""
    if lab.subject.design.auth is None:
        yield skipped("made-up addresses", NO_ACCOUNTS)
        return
    behind = lab.backend
    yield told(_guess(behind, {"x-forwarded-for": "{fake}, " + HOP}), "behind a proxy, another X-Forwarded-For")
    yield told(_guess(behind, OTHERS), f"another {', '.join(OTHERS)} each time")
    yield told(_guess(behind, {"x-forwarded-for": "2001:db8:59::{number:x}"}), "another address of one IPv6 network")
    with lab.own(TRUSTED_PROXIES="") as bare:
        yield told(_guess(bare, {"x-forwarded-for": "{fake}"}), "without a proxy, another X-Forwarded-For each time")


def _guess(backend: Backend, headers: Mapping[str, str]) -> Exchange:
    """Return the first answer that is not 401, or the last of 30; each guess is at another account."""
    for number in range(1, GUESSES + 1):
        somebody = replace(backend.newcomer("nobody"), address=HOP)
        body = {"email": somebody.email, "password": somebody.password}
        sent = {name: value.format(fake=f"203.0.113.{number}", number=number) for name, value in headers.items()}
        answer = backend.client.ask(somebody, "POST", SIGN_IN, json_body=body, headers=sent)
        if answer.status != 401:
            break
    return answer


PROBE = Probe("P59", Group.ATTACKS, "a made-up address does not escape the limit", forged_address)
