"""P09: a token that is not valid yet is refused."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

HOUR = 3_600


def future_token(lab: Lab) -> Iterator[Case]:
    """Give a case for a token that begins, and one that was issued, in an hour."""
    yield from refused(lab, _future)


def _future(token: AccessToken) -> dict[str, str]:
    return {
        "valid from in an hour": token.signed(nbf=token.now + HOUR, exp=token.now + 2 * HOUR),
        "issued in an hour": token.signed(iat=token.now + HOUR, exp=token.now + 2 * HOUR),
    }


PROBE = Probe("P09", Group.ATTACKS, "a token that is not valid yet is refused", future_token)
