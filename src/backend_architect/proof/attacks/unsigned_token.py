"""P03: a token that says of itself that it needs no signature is refused."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

NAMES = ("none", "None", "NONE", "nOnE", "")


def unsigned_token(lab: Lab) -> Iterator[Case]:
    """Give a case for each spelling of `none`, without a signature and with one."""
    yield from refused(lab, _unsigned)


def _unsigned(token: AccessToken) -> dict[str, str]:
    made = {name: token.signed(header={"alg": name}, key="any") for name in NAMES}
    bare = {f"alg {name!r}, no signature": text.rpartition(".")[0] + "." for name, text in made.items()}
    return bare | {f"alg {name!r}, any signature": text for name, text in made.items()}


PROBE = Probe("P03", Group.ATTACKS, "a token without a signature is refused", unsigned_token)
