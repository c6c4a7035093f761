"""P07: a token that another service issued, or that is meant for one, is refused, though signed with the right key."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

ELSEWHERE = "https://elsewhere.example"


def foreign_audience(lab: Lab) -> Iterator[Case]:
    """Give a case for another issuer and another audience, and for none."""
    yield from refused(lab, _foreign)


def _foreign(token: AccessToken) -> dict[str, str]:
    return {
        "for another audience": token.signed(aud=ELSEWHERE),
        "for several others": token.signed(aud=[ELSEWHERE, "https://other.example"]),
        "for no audience": token.signed(aud=None),
        "from another issuer": token.signed(iss=ELSEWHERE),
        "from no issuer": token.signed(iss=None),
    }


PROBE = Probe("P07", Group.ATTACKS, "a token from or for another service is refused", foreign_audience)
