"""O01 to O11 hold on a project that signs in with providers, and each fails on a copy weakened in just that point."""

import pytest

from tests.proof.conftest import AssertFound, AssertHolds
from tests.proof.weakness import Weakness

FOLDER = "app/auth/providers"
FLOW, OPENID, PROVIDER = f"{FOLDER}/flow.py", f"{FOLDER}/openid.py", f"{FOLDER}/provider.py"
SEALED, LINKING = f"{FOLDER}/sealed.py", f"{FOLDER}/linking.py"
PROBES = [*(f"O{number:02}" for number in range(1, 12)), "declared", "P44", "P45", "contract"]
STATE = 'if not compare_digest(attempt.state.encode(), (state or "").encode()):'
SECRETS = "    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))\n"

WEAKNESSES = (
    Weakness("no PKCE", "O01", ((OPENID, '            code_challenge_method="S256",\n', ""),)),
    Weakness("a state that can be guessed", "O01", ((SEALED, SECRETS, SECRETS + '    state = "1"\n'),)),
    Weakness("any state", "O02", ((FLOW, STATE, "if state is None:"),)),
    Weakness("one verifier for all", "O03", ((SEALED, SECRETS, SECRETS + '    verifier = "v" * 43\n'),)),
    Weakness("any nonce", "O04", ((OPENID, '"nonce": nonce, "client_id"', '"client_id"'),)),
    Weakness("any audience", "O05", ((OPENID, ', "aud": _exactly(self._client_id)}', "}"), (OPENID, '"client_id": self._client_id, ', ""))),  # noqa: E501
    Weakness("any issuer of a token", "O05", ((OPENID, '"iss": _exactly(self.issuer), ', ""),)),
    Weakness("a token of long ago", "O05", ((OPENID, "LEEWAY = 60", "LEEWAY = 10**9"),)),
    Weakness("any provider's answer", "O06", ((FLOW, "if attempt is None or attempt.provider != name:", "if attempt is None:"),)),  # noqa: E501
    Weakness("any issuer of an answer", "O06", (
        (OPENID, "            check_issuer(issuer, self.issuer, always_told=about.tells_issuer)\n", ""),
    )),
    Weakness("a registered address signs up", "O07", ((LINKING, "Outcome.LINK_FIRST),\n", "Outcome.SIGN_UP),\n"),)),
    Weakness("an unverified address", "O08", (
        (OPENID, 'claims.get("email") if claims.get("email_verified") is True else None', 'claims.get("email")'),
    )),
    Weakness("any address afterwards", "O09", ((FLOW, "if not LOCAL.fullmatch(target):", "if not target:"),)),
    Weakness("the provider's token is told", "O10", (
        (OPENID, "name=name if isinstance(name, str) else None", 'name=token["access_token"]'),
    )),
    Weakness("a provider that fails is not expected", "O11", ((PROVIDER, "except (httpx2.HTTPError, ", "except ("),)),
)  # fmt: skip


def test_a_strong_project_holds(assert_holds: AssertHolds) -> None:
    assert_holds("providers", PROBES)


@pytest.mark.slow
@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: f"{weakness.probe} {weakness.what}")
def test_a_weakness_is_found(weakness: Weakness, assert_found: AssertFound) -> None:
    assert_found(weakness._replace(example="providers"))
