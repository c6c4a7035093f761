"""P05: a token whose time is over is refused; clocks may differ by a minute, no more."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

LEEWAY = 60


def expired_token(lab: Lab) -> Iterator[Case]:
    """Give a case for ends long and shortly past, and for ends that are no time."""
    yield from refused(lab, _expired)


def _expired(token: AccessToken) -> dict[str, str]:
    return {
        "it ended a day ago": token.signed(exp=token.now - 86_400),
        "it ended a little more than a minute ago": token.signed(exp=token.now - LEEWAY - 1),
        "it ends at 0": token.signed(exp=0),
        "its end is a word": token.signed(exp="never"),
        "its end is a number that no clock shows": token.signed(exp=10**400),
    }


PROBE = Probe("P05", Group.ATTACKS, "a token whose time is over is refused", expired_token)
