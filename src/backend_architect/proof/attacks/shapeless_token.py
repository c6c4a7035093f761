"""P84: a token with claims of another kind than the backend's own is refused, though signed with the right key."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe


def shapeless_token(lab: Lab) -> Iterator[Case]:
    """Give a case for each claim that is of another kind, or missing."""
    yield from refused(lab, _shapeless)


def _shapeless(token: AccessToken) -> dict[str, str]:
    role = "moderator"
    return {
        "roles as one text": token.signed(roles=role),
        "roles as an object": token.signed(roles={role: True}),
        "a role that is a number": token.signed(roles=[7]),
        "a number for the roles": token.signed(roles=7),
        "no roles": token.signed(roles=None),
        "a subject that is no id": token.signed(sub="everybody"),
        "a session that is no id": token.signed(sid="any"),
        "no session": token.signed(sid=None),
    }


PROBE = Probe("P84", Group.ATTACKS, "a token with claims of another kind is refused", shapeless_token)
