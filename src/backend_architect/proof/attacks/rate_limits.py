"""P33, P59 and P73: guesses run into a limit, which no invented address escapes, and each limit holds at its number."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend_architect.design.model import Limit
from backend_architect.proof.attacks.forged_tokens import NO_ACCOUNTS
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import SIGN_IN, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

GUESSES = 30
MAX_WAIT = 15
ATTACKER = "172.16.0.1"
SPELLINGS = (
    *(SIGN_IN + end for end in ("?again", "/", "%0a", "%20")),
    SIGN_IN.replace("-", "%2D"),
    SIGN_IN.replace("v1", "V1"),
    SIGN_IN.replace("/auth", "//auth"),
    SIGN_IN.replace("/auth", "%2Fauth"),
)


def guessing(lab: Lab) -> Iterator[Case]:
    """P33: guessing passwords runs into a limit, and keeps nobody out of their own account.

    Give cases for guesses from one address, for guesses from many, and for the owner during and after both.
    """
    if lab.subject.design.auth is None:
        yield skipped(f"{GUESSES} wrong passwords", NO_ACCOUNTS)
        return
    backend = lab.backend
    victim, other = backend.person("owner"), backend.person("owner")
    sprayed = stopped(backend, [replace(backend.newcomer("victim"), address=ATTACKER) for _ in range(GUESSES)])
    limited_at = time.monotonic()
    spread = stopped(backend, _everywhere(other))
    cases = [
        limit_case(sprayed, f"{GUESSES} wrong passwords from one address, each for another account"),
        limit_case(spread, f"{GUESSES + 1} wrong passwords for one account, each from another network"),
        sign_in(backend, other).answers("meanwhile the owner signs in from where they have been", 200),
    ]
    cases += [_asked(backend, path) for path in SPELLINGS]
    yield from cases
    wait = retry_after(sprayed)
    if any(case.verdict is Verdict.FAILED for case in cases) or wait > MAX_WAIT:
        yield skipped("the right password after the wait", f"not tried: the backend asks for {wait} s")
        return
    time.sleep(max(0.0, limited_at + wait - time.monotonic()))
    yield sign_in(backend, replace(victim, address=ATTACKER)).answers("the right password after the wait", 200)


def _asked(backend: Backend, path: str) -> Case:
    """Return the case of one more guess, at another spelling of the address."""
    guess = replace(backend.newcomer("victim"), address=ATTACKER)
    body = {"email": guess.email, "password": guess.password}
    answer = backend.client.ask(guess, "POST", path, json_body=body)
    return answer.answers(f"and one more at {path}", 429, 404, 405)


def _everywhere(victim: Actor) -> list[Actor]:
    """Return somebody who guesses at one account from many networks."""
    return [replace(victim, address=f"172.17.{number}.1") for number in range(GUESSES + 1)]


def stopped(backend: Backend, guesses: Sequence[Actor]) -> Exchange:
    """Return the first answer that is not 401 to sign-ins with a wrong password, or the last one."""
    for number, guess in enumerate(guesses):
        answer = sign_in(backend, replace(guess, password=f"guess number {number}"))
        if answer.status != 401:
            break
    return answer


def limit_case(answer: Exchange, title: str) -> Case:
    """Return a case that holds when the guesses were stopped, and the answer says for how long."""
    return answer.case(title, expected="429 with Retry-After", held=answer.status == 429 and retry_after(answer) > 0)


def retry_after(answer: Exchange) -> int:
    """Return for how many seconds the answer asks to wait, 0 where it does not say."""
    said = answer.headers.get("retry-after", "")
    return int(said) if said.isdigit() else 0


GUESSING = Probe("P33", Group.ATTACKS, "guessing passwords runs into a limit, the owner does not", guessing)


HOP = "172.18.0.1"
"""The address that the trusted proxy saw, and so the last one that it wrote."""

NAMES = ("x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip")
OTHERS = {"forwarded": "for={fake}", **dict.fromkeys(NAMES, "{fake}")}


def forged_address(lab: Lab) -> Iterator[Case]:
    """P59: whoever guesses passwords does not escape the limit by making up addresses that the request came from.

    Give a case behind a trusted proxy, one for other headers, one for IPv6, and one without any proxy.
    """
    if lab.subject.design.auth is None:
        yield skipped("made-up addresses", NO_ACCOUNTS)
        return
    behind = lab.backend
    yield limit_case(_guess(behind, {"x-forwarded-for": "{fake}, " + HOP}), "behind a proxy, another X-Forwarded-For")
    yield limit_case(_guess(behind, OTHERS), f"another {', '.join(OTHERS)} each time")
    yield limit_case(
        _guess(behind, {"x-forwarded-for": "2001:db8:59::{number:x}"}), "another address of one IPv6 network"
    )
    with lab.own(TRUSTED_PROXIES="") as bare:
        yield limit_case(
            _guess(bare, {"x-forwarded-for": "{fake}"}), "without a proxy, another X-Forwarded-For each time"
        )


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


FORGED_ADDRESS = Probe("P59", Group.ATTACKS, "a made-up address does not escape the limit", forged_address)


MAX_TRIED_LIMIT = 400
"""More requests than these are not sent for a limit."""
SLACK = 1.2
"""While they are sent, some of the time passes, and with it some room comes back."""
EVERYTHING = "everything"
LIMIT_OF_SIGN_IN = "sign_in"  # P33 tries it


def stated_limits(lab: Lab) -> Iterator[Case]:
    """P73: each rate limit of the design holds at its number: so many are answered, and the next is one too many.

    Give a case for each limit that a route of the design, or all of them together, have.
    """
    backend, routes = lab.backend, project_routes(lab.subject)
    limits = [limit for limit in lab.subject.design.limits if limit.target != LIMIT_OF_SIGN_IN]
    if not limits:
        yield skipped("limits", "the design states none but that of sign-in")
    for limit in limits:
        if limit.target == EVERYTHING:
            yield _case(backend, limit, Request("GET", "/v1/me"), None)
            continue
        route = next((r for r in routes if _is_of(limit, r)), None)
        if route is None:
            continue
        person = somebody(backend, route)
        yield _case(backend, limit, valid_request(backend, route, person), route)


def _is_of(limit: Limit, route: ProjectRoute) -> bool:
    if route.design is None:
        return False
    spec = route.design.list
    return limit.target == route.design.statement or (spec is not None and spec.name == limit.target)


def _case(backend: Backend, limit: Limit, request: Request, route: ProjectRoute | None) -> Case:
    title = f"{limit.target}: {limit.count} in {limit.seconds} s"
    if limit.count > MAX_TRIED_LIMIT:
        return skipped(title, "it would take too many requests")
    person = somebody(backend, route) if route else backend.insider()
    most = int(limit.count * SLACK) + 2
    number, answer = 0, request.send(backend, person)
    while answer.status != 429 and number < most:
        number, answer = number + 1, request.send(backend, person)
    expected = f"429 with Retry-After after {limit.count} to {most}"
    held = answer.status == 429 and number >= limit.count - 2 and "retry-after" in answer.headers
    return answer.case(f"{title}, the request number {number + 1}", expected=expected, held=held,
                       advice="the limit of the design belongs into app/core/rate_limits.py")  # fmt: skip


STATED_LIMITS = Probe("P73", Group.ATTACKS, "each limit of the design holds at its number", stated_limits)
