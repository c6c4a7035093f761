"""P06: a token without an end is refused, though signed with the right key."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe


def endless_token(lab: Lab) -> Iterator[Case]:
    """Give a case for a token without `exp`."""
    yield from refused(lab, _endless)


def _endless(token: AccessToken) -> dict[str, str]:
    return {"no exp": token.signed(exp=None)}


PROBE = Probe("P06", Group.ATTACKS, "a token without an end is refused", endless_token)
