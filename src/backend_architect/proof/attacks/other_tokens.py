"""P08: a token of another kind is no access token: refresh, password reset, e-mail verification, identity."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS, AccessToken, ask_with, refused
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

KINDS = ("refresh+jwt", "reset+jwt", "verify+jwt", "id+jwt", "JWT", "")
NO_TOKENS = ("..", "e30.e30.e30", "a" * 5_000, "Bearer")


def other_tokens(lab: Lab) -> Iterator[Case]:
    """Give a case for the refresh token, JWTs of other kinds, and texts that are no token at all."""
    if lab.subject.design.auth is None:
        yield skipped(f"GET {ME} with a refresh token", NO_ACCOUNTS)
        return
    person = lab.backend.person("owner")
    other = str(sign_in(lab.backend, person).field("refresh_token"))
    yield ask_with(lab.backend, person, other, "refresh token").answers("the refresh token", 401)
    for number, text in enumerate(NO_TOKENS, 1):
        yield ask_with(lab.backend, person, text, f"no token {number}").answers(f"no token: {text[:20]}", 401)
    yield from refused(lab, _kinds)


def _kinds(token: AccessToken) -> dict[str, str]:
    return {f"typ {kind!r}, the right key": token.signed(header={"typ": kind}) for kind in KINDS}


PROBE = Probe("P08", Group.ATTACKS, "a token of another kind is no access token", other_tokens)
