"""P53 and P54: a request that is sent again under its Idempotency-Key happens once, and no other takes its key."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

from backend_architect.proof.attacks.creations import Creation, creations
from backend_architect.proof.attacks.sockets import response_text, send, status_of, verdict
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import Request

AT_ONCE, ROUNDS = 10, 3
LONGEST = 255
NO_KEYS = {
    "no character": b"",
    "256 characters": b"k" * (LONGEST + 1),
    "a letter that is no ASCII": "clé".encode(),
    "bytes that are no UTF-8": b"key\xff",
    "a tab": b"a\tkey",
}


def repeated(lab: Lab) -> Iterator[Case]:
    """Give for each route that makes something a case for the same request twice, and one for a key of another's."""
    possible, not_possible = creations(lab)
    yield from not_possible
    for creation in possible:
        request, key, before = creation.request(lab), str(uuid4()), _rows(lab, creation)
        first, second = (_send(lab, request, creation.maker, key) for _ in range(2))
        made = _rows(lab, creation) - before
        held = first.status == 201 and (first.status, first.body) == (second.status, second.body) and made == 1
        title, expected = f"{creation.route.title} twice", "the same answer, one row"
        yield second.case(title, expected=expected, held=held, advice=f"{made} rows; at first: {first.description}")
        other = _send(lab, request, lab.backend.insider(), key)
        held = other.body != first.body
        yield other.case(f"{title}, by somebody else", expected="not the first one's answer", held=held)


def taken(lab: Lab) -> Iterator[Case]:
    """Give for each route that makes something a case for a key used before, and one for many requests at once."""
    possible, not_possible = creations(lab)
    yield from not_possible
    for creation in possible:
        request, key = creation.request(lab), str(uuid4())
        first = _send(lab, request, creation.maker, key)
        changed = creation.changed(lab, request)
        if changed.body == request.body:
            yield skipped(f"{creation.route.title}, another body under the same key", "there is no other valid body")
            yield _at_once(lab, creation)
            continue
        other = _send(lab, changed, creation.maker, key)
        held = first.status == 201 and other.status == 422 and b"idempotency" in other.body.lower()
        title = f"{creation.route.title}, another body under the same key"
        yield other.case(title, expected="422 that names the key", held=held, advice=f"at first: {first.description}")
        yield _at_once(lab, creation)
    for creation in possible[:1]:
        yield from _keys(lab, creation)


def _keys(lab: Lab, creation: Creation) -> Iterator[Case]:
    """Give a case for each key that is none, sent as it is, and one for the longest that is one."""
    for key_name, key in NO_KEYS.items():
        before = _rows(lab, creation)
        answer = _sent_raw(lab, creation, key)
        made = _rows(lab, creation) - before
        held = status_of(answer) == 422 and made == 0
        yield Case(f"{creation.route.title} under a key of {key_name}", verdict(held), "422, no row",
                   f"{response_text(answer)}; {made} rows", "",
                   "a key is 1 to 255 printable ASCII characters")  # fmt: skip
    longest = _send(lab, creation.request(lab), creation.maker, "k" * LONGEST)
    yield longest.answers(f"{creation.route.title} under a key of {LONGEST} characters", 201)


def _sent_raw(lab: Lab, creation: Creation, key: bytes) -> bytes:
    request = creation.request(lab)
    body = json.dumps(request.body).encode()
    lines = [
        f"POST {request.path} HTTP/1.1", "Host: localhost", "Connection: close", "Content-Type: application/json",
        f"Content-Length: {len(body)}", f"X-Forwarded-For: {creation.maker.address}",
        *([f"Authorization: Bearer {creation.maker.token}"] if creation.maker.token else []), "Idempotency-Key: ",
    ]  # fmt: skip
    answer, _ = send(lab.backend.port, ["\r\n".join(lines).encode() + key + b"\r\n\r\n" + body])
    return answer


def _at_once(lab: Lab, creation: Creation) -> Case:
    """Return what came of requests that meet: they do not each time, so there are rounds, each of somebody new."""
    others = (replace(creation, maker=lab.backend.insider()) for _ in range(ROUNDS - 1))
    cases = [_round(lab, each) for each in (creation, *others)]
    return next((case for case in cases if case.verdict is not Verdict.HELD), cases[0])


def _round(lab: Lab, creation: Creation) -> Case:
    request, key, before = creation.request(lab), str(uuid4()), _rows(lab, creation)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: _send(lab, request, creation.maker, key), range(AT_ONCE)))
    made = _rows(lab, creation) - before
    done = {answer.body for answer in answers if answer.status == 201}
    statuses = sorted(answer.status for answer in answers)
    held = set(statuses) <= {201, 409, 429} and len(done) == 1 and made == 1
    title = f"{creation.route.title}, {AT_ONCE} at once under one key"
    expected = "one answer and one row; 409 while it is made"
    return answers[0].case(title, expected=expected, held=held, advice=f"{made} rows, {statuses}")


def _send(lab: Lab, request: Request, actor: Actor, key: str) -> Exchange:
    return request.send(lab.backend, actor, {"idempotency-key": key})


def _rows(lab: Lab, creation: Creation) -> int:
    return lab.backend.rows.count(creation.entity.table)


REPEATED = Probe("P53", Group.ATTACKS, "a request sent again under its key happens once", repeated)
TAKEN = Probe("P54", Group.ATTACKS, "a key stands for one request, also when many come at once", taken)
