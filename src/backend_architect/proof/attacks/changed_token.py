"""P02: a token that was changed after it was signed is refused."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, refused
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

STRANGER = "01890a5d-ac96-774b-bcce-b302099a8057"


def changed_token(lab: Lab) -> Iterator[Case]:
    """Give a case for a changed signature, none, and claims that the signature is not for."""
    yield from refused(lab, _changed)


def _changed(token: AccessToken) -> dict[str, str]:
    head, body, signature = token.text.split(".")
    other = "AAAA" if not signature.endswith("AAAA") else "BBBB"
    claims = token.signed(sub=STRANGER, roles=["admin", "moderator"]).split(".")[1]
    return {
        "the last four characters of the signature changed": f"{head}.{body}.{signature[:-4]}{other}",
        "the signature cut off": f"{head}.{body}.",
        "somebody else's id under the same signature": f"{head}.{claims}.{signature}",
    }


PROBE = Probe("P02", Group.ATTACKS, "a token changed after it was signed is refused", changed_token)
