"""P26: a new password ends every session that the old one opened."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import change_password, refresh, sign_in
from backend_architect.proof.probe import Probe

NEW = "an entirely new passphrase"


def sessions_after_change(lab: Lab) -> Iterator[Case]:
    """Give a case for the session that changed it, another one, its refresh token, and the old password."""
    if lab.subject.design.auth is None:
        yield skipped("the sessions before a change of password", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    phone = sign_in(backend, person)
    on_phone = replace(person, token=str(phone.field("access_token")))
    changed = change_password(backend, backend.moved(person), person.password, NEW)
    yield changed.answers("the change", 200, 204)
    ask = backend.client.ask
    yield ask(person, "GET", ME).answers("the token that changed it", 401)
    yield ask(on_phone, "GET", ME).answers("the token of another session", 401)
    yield refresh(backend, person, phone).answers("the refresh token of another session", 401)
    yield sign_in(backend, backend.moved(person)).answers("the old password", 401)
    yield sign_in(backend, backend.moved(replace(person, password=NEW))).answers("the new password", 200)


PROBE = Probe("P26", Group.ATTACKS, "a new password ends every session", sessions_after_change)
