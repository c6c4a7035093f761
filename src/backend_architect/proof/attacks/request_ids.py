"""P58: every answer carries the id under which the log tells of its request."""

import re
from collections.abc import Iterator

from backend_architect.proof.attacks.log_lines import Listening
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

NAME = "x-request-id"
SAFE = re.compile(r"[A-Za-z0-9._-]{8,128}")
UNSAFE = ("x", "a" * 5_000, '"}{"forged": "line', "<script>alert(1)</script>", "'; DROP TABLE users; --")


def request_ids(lab: Lab) -> Iterator[Case]:
    """Give a case for an id that the client sends, for one that it does not, and for each that is not safe."""
    sent = "proof-of-request-0001"
    yield _logged(lab, "an id of the client's own", {NAME: sent}, sent)
    first, second = (lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me").headers.get(NAME) for _ in "ab")
    yield _logged(lab, "no id", {}, "")
    answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/no-such-thing")
    held = len({first, second, answer.headers.get(NAME)}) == 3
    yield answer.case("three requests without an id", expected="three different ids", held=held)
    for unsafe in UNSAFE:
        answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me", headers={NAME: unsafe})
        held = bool(SAFE.fullmatch(answer.headers.get(NAME, "")))
        yield answer.case(f"an id like {unsafe[:25]}", expected="an id of the backend's own, or a refusal", held=held)


def _logged(lab: Lab, title: str, headers: dict[str, str], expected: str) -> Case:
    log = Listening(lab.backend)
    answer: Exchange = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me", headers=headers)
    name = answer.headers.get(NAME, "")
    told = log.until(lambda lines: any(name in line for line in lines)) if name else []
    held = bool(SAFE.fullmatch(name)) and name == (expected or name) and any(name in line for line in told)
    wanted = f"X-Request-ID: {expected or 'a new one'}, and a line of the log with it"
    return answer.case(title, expected=wanted, held=held, advice=f"the answer had {name or 'none'}")


PROBE = Probe("P58", Group.ATTACKS, "the log tells of each request under the id in its answer", request_ids)
