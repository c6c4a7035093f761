"""P04: a token signed with any other key than the backend's is refused, also when the token brings the key along."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import AccessToken, encoded_key, refused
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

OWN = "the attacker's own key, long enough for any check of length"
GUESSED = ("", "secret", "changeme", "development", "development-only", "jwt-secret", "x" * 32)
PUBLISHED = ("/.well-known/jwks.json", "/v1/auth/jwks", "/v1/.well-known/jwks.json", "/jwks.json")


def foreign_key(lab: Lab) -> Iterator[Case]:
    """Give a case for guessed keys, keys inside the token, another algorithm, and published keys used as secrets."""
    yield from refused(lab, _foreign)
    if lab.subject.design.auth is not None:
        texts = _published(lab.backend)
        if not texts:
            yield skipped("a published key used as a secret", "no public key is published: tokens are signed by HMAC")
        else:
            yield from refused(lab, lambda token: {f"what {at} says": token.signed(key=key) for at, key in texts})


def _foreign(token: AccessToken) -> dict[str, str]:
    key = {"kty": "oct", "k": encoded_key(OWN)}
    inside = {"jwk": key, "jku": "https://attacker.example/keys", "kid": "../../../../../../dev/null"}
    return {
        "another key": token.signed(key=OWN),
        **{f"the guessed key {guess!r}": token.signed(key=guess) for guess in GUESSED},
        "the key stands in the header as jwk": token.signed(key=OWN, header={"jwk": key}),
        "the header points elsewhere for the key": token.signed(key=OWN, header=inside),
        "kid names an empty file as the key": token.signed(key="", header={"kid": inside["kid"]}),
        "RS256 in the header, signed by HMAC": token.signed(header={"alg": "RS256"}),
    }


def _published(backend: Backend) -> list[tuple[str, str]]:
    """Return each text that the backend publishes its keys with, and where."""
    nobody = backend.anonymous()
    answers = [backend.client.ask(nobody, "GET", path) for path in PUBLISHED]
    return [(answer.path, answer.body.decode(errors="replace")) for answer in answers if answer.status == 200]


PROBE = Probe("P04", Group.ATTACKS, "a token signed with another key is refused", foreign_key)
