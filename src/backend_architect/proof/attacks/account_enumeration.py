"""P29 to P32: no answer, and no answer's time, says which addresses have an account."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.concurrent_requests import at_once
from backend_architect.proof.attacks.forged_tokens import NO_ACCOUNTS
from backend_architect.proof.attacks.same_responses import alike, same_time
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account, register, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import Request

TURNS = 12
MOST_TURNS = 28
"""As many answers as are compared at most."""
WRONG = "not the right one"


def unknown_account(lab: Lab) -> Iterator[Case]:
    """P29: sign-in does not tell which addresses have an account, not even to whoever tries again and again.

    Give a case for the first answer, and one for the answers when the limit is reached.
    """
    if lab.subject.design.auth is None:
        yield skipped("sign-in with an unknown address", NO_ACCOUNTS)
        return
    backend = lab.backend
    wrong = backend.moved(replace(backend.person("owner"), password=WRONG))
    unknown = backend.newcomer("unknown", WRONG)
    for turn in range(TURNS):
        case = alike(sign_in(backend, unknown), sign_in(backend, wrong), "an unknown address, a wrong password")
        if turn in {0, TURNS - 1}:
            yield replace(case, title=f"{case.title}, try {turn + 1}")


UNKNOWN_ACCOUNT = Probe("P29", Group.ATTACKS, "sign-in does not tell who has an account", unknown_account)


def sign_in_time(lab: Lab) -> Iterator[Case]:
    """P30: the time of a refused sign-in does not tell which addresses have an account.

    Give one case: an unknown address and a wrong password take the same time.
    """
    if lab.subject.design.auth is None:
        yield skipped("the time of a refused sign-in", NO_ACCOUNTS)
        return
    backend = lab.backend
    known, unknown = backend.person("owner"), backend.newcomer("unknown")

    def refused(actor: Actor) -> Exchange:
        return sign_in(backend, backend.moved(replace(actor, password=WRONG)))

    yield same_time("an unknown address and a wrong password", lambda: refused(unknown), lambda: refused(known))


SIGN_IN_TIME = Probe("P30", Group.ATTACKS, "the time of a sign-in does not tell who has an account", sign_in_time)


TWICE = 2
PASSWORD = "the password of somebody else"  # noqa: S105 - nobody has it


def taken_address(lab: Lab) -> Iterator[Case]:
    """P31: registration does not tell which addresses have an account, and changes nothing of the one that has.

    Give cases for the answer and its time, and for the passwords that sign in afterwards.
    """
    if lab.subject.design.auth is None:
        yield skipped("registration with a taken address", NO_ACCOUNTS)
        return
    backend, owner = lab.backend, lab.backend.person("owner")
    for title, email in (("a taken address", owner.email), ("a taken address in capitals", owner.email.upper())):
        yield alike(_again(backend, email), register(backend, backend.newcomer("new")), title)
    yield same_time(
        "a taken address and a new one",
        lambda: _again(backend, owner.email),
        lambda: register(backend, backend.newcomer("new")),
    )
    yield sign_in(backend, backend.moved(owner)).answers("the owner's password", 200)
    thief = replace(owner, password=PASSWORD)
    yield sign_in(backend, backend.moved(thief)).answers("the password of the second registration", 401)
    yield _accounts(backend, owner.email, "accounts of an address after more registrations with it")
    fresh = backend.newcomer("fresh")
    registrations = [Request("POST", REGISTER, {}, new_account(backend, backend.newcomer("twin")) | {"email": email})
              for email in (fresh.email, fresh.email.upper()) * TWICE]  # fmt: skip
    at_once(backend, [(each, backend.anonymous()) for each in registrations])
    yield _accounts(backend, fresh.email, f"accounts of an address after {len(registrations)} registrations at once")


def _accounts(backend: Backend, email: str, title: str) -> Case:
    """Return the case that there is one account of an address, however it is written."""
    found = int(backend.database.value("SELECT count(*) FROM auth_accounts WHERE lower(email) = lower($1)", email))
    return Case(title, verdict(found == 1), "1", str(found), "", "a unique index on the address in small letters")


def _again(backend: Backend, email: str) -> Exchange:
    """Return the answer to somebody new who registers with an address that has an account."""
    body = new_account(backend, backend.newcomer("again", PASSWORD)) | {"email": email}
    return backend.client.ask(backend.anonymous(), "POST", REGISTER, json_body=body)


TAKEN_ADDRESS = Probe("P31", Group.ATTACKS, "registration does not tell who has an account", taken_address)


NAMES = (
    "recover", "recovery", "forgot-password", "forgotten-password", "password-reset", "reset-password",
    "password/reset", "magic-link", "confirmation",
)  # fmt: skip
PLACES = ("/v1/auth/", "/v1/", "/auth/")


def recovery(lab: Lab) -> Iterator[Case]:
    """P32: recovery of a password does not tell which addresses have an account.

    Give a case for each usual address that answers, and one where none does.
    """
    backend = lab.backend
    tried = [backend.client.ask(backend.anonymous(), "POST", place + name) for place in PLACES for name in NAMES]
    found = [answer.path for answer in tried if answer.status not in {404, 405}]
    if lab.subject.design.auth is None or not found:
        yield skipped("recovery for an unknown address", "there is no recovery of passwords")
        return
    owner, unknown = backend.person("owner"), backend.newcomer("unknown")
    for path in found:
        known, other = (_recover(backend, path, someone) for someone in (owner, unknown))
        if known.status == other.status == 422:  # it wants more than an address
            continue
        yield other.answers(f"POST {path} for an unknown address", 200, 202, 204)
        yield alike(other, known, f"POST {path} for an unknown address and a known one")
        yield _same_recovery_time(backend, path)


def _same_recovery_time(backend: Backend, path: str) -> Case:
    """Return the case that the time does not tell either; each address has a limit of its own."""
    joined = iter([backend.person("known") for _ in range(MOST_TURNS)])
    return same_time(
        f"POST {path} for an unknown address and a known one",
        lambda: _recover(backend, path, backend.newcomer("unknown")),
        lambda: _recover(backend, path, next(joined)),
    )


def _recover(backend: Backend, path: str, someone: Actor) -> Exchange:
    return backend.client.ask(backend.anonymous(), "POST", path, json_body={"email": someone.email})


RECOVERY = Probe("P32", Group.ATTACKS, "recovery does not tell who has an account", recovery)
