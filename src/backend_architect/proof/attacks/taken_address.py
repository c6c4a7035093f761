"""P31: registration does not tell which addresses have an account, and changes nothing of the one that has."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.alike import alike, as_slow
from backend_architect.proof.attacks.at_once import at_once
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account, register, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import Request

TWICE = 2
PASSWORD = "the password of somebody else"  # noqa: S105 - nobody has it


def taken_address(lab: Lab) -> Iterator[Case]:
    """Give cases for the answer and its time, and for the passwords that sign in afterwards."""
    if lab.subject.design.auth is None:
        yield skipped("registration with a taken address", NO_ACCOUNTS)
        return
    backend, owner = lab.backend, lab.backend.person("owner")
    for title, email in (("a taken address", owner.email), ("a taken address in capitals", owner.email.upper())):
        yield alike(_again(backend, email), register(backend, backend.newcomer("new")), title)
    yield as_slow(
        "a taken address and a new one",
        lambda: _again(backend, owner.email),
        lambda: register(backend, backend.newcomer("new")),
    )
    yield sign_in(backend, backend.moved(owner)).answers("the owner's password", 200)
    thief = replace(owner, password=PASSWORD)
    yield sign_in(backend, backend.moved(thief)).answers("the password of the second registration", 401)
    yield _accounts(backend, owner.email, "accounts of an address after more registrations with it")
    fresh = backend.newcomer("fresh")
    wishes = [Request("POST", REGISTER, {}, new_account(backend, backend.newcomer("twin")) | {"email": email})
              for email in (fresh.email, fresh.email.upper()) * TWICE]  # fmt: skip
    at_once(backend, [(wish, backend.anonymous()) for wish in wishes])
    yield _accounts(backend, fresh.email, f"accounts of an address after {len(wishes)} registrations at once")


def _accounts(backend: Backend, email: str, title: str) -> Case:
    """Return the case that there is one account of an address, however it is written."""
    found = int(backend.database.value("SELECT count(*) FROM auth_accounts WHERE lower(email) = lower($1)", email))
    return Case(title, verdict(found == 1), "1", str(found), "", "a unique index on the address in small letters")


def _again(backend: Backend, email: str) -> Exchange:
    """Return the answer to somebody new who registers with an address that has an account."""
    body = new_account(backend, backend.newcomer("again", PASSWORD)) | {"email": email}
    return backend.client.ask(backend.anonymous(), "POST", REGISTER, json_body=body)


PROBE = Probe("P31", Group.ATTACKS, "registration does not tell who has an account", taken_address)
