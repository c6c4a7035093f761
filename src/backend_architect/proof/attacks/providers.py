"""O01 to O11: sign-in with an identity provider, from the redirect to the account."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from backend_architect.proof.attacks.visitor import (
    Visitor,
    is_session,
    random_state,
    stranger,
    with_providers,
)
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import register, sign_in
from backend_architect.proof.probe import Probe

STATE = 22  # characters of urlsafe Base64, for 128 bits
ELSEWHERE = ("//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aLocation:%20//evil.example", "evil")


@with_providers("sign-in with a provider")
def requests(lab: Lab) -> Iterator[Case]:
    """Give a case for each provider: the address that a browser is sent to."""
    for name in lab.subject.design.providers:
        visitor = Visitor.new(lab, name)
        answer = visitor.begin()
        query = {key: values[0] for key, values in parse_qs(urlsplit(visitor.address_of(answer)).query).items()}
        again = visitor.address_of(visitor.begin())
        checks = {
            "response_type=code": query.get("response_type") == "code",
            "state of 128 bits": len(query.get("state", "")) >= STATE and query.get("state", "") not in again,
            "code_challenge_method=S256": query.get("code_challenge_method") == "S256",
            "a challenge": len(query.get("code_challenge", "")) == 43 and query["code_challenge"] not in again,
            "a nonce": name == "github" or len(query.get("nonce", "")) >= STATE,
            "the registered redirect_uri": query.get("redirect_uri") in visitor.server.redirect_uris,
            "no client secret": visitor.server.client_secret not in str(query),
        }
        missing = ", ".join(what for what, holds in checks.items() if not holds)
        expected = ", ".join(checks)
        yield answer.case(f"to {name}", expected=expected, held=not missing, advice=f"missing: {missing}")


@with_providers("an answer of a provider")
def states(lab: Lab) -> Iterator[Case]:
    """Give a case for each answer that does not belong to the browser that brings it."""
    for name in lab.subject.design.providers:
        victim, other = Visitor.new(lab, name), Visitor.new(lab, name)
        redirect, others = victim.away(), other.away()
        for what, state in (("no state", ""), ("a forged state", random_state()), ("another's", others["state"])):
            yield _refused(victim.back({**redirect, "state": state}), f"{name}: {what}")
        yield _refused(victim.back(redirect, kept=""), f"{name}: a browser that was never sent away")
        yield _refused(victim.back(redirect, kept=other.kept), f"{name}: another browser")


@with_providers("an answer of a provider")
def replays(lab: Lab) -> Iterator[Case]:
    """Give a case for an answer that comes twice, and for a code that was stolen from somebody else's."""
    for name in lab.subject.design.providers:
        visitor = Visitor.new(lab, name)
        redirect = visitor.away()
        first = visitor.back(redirect)
        yield first.answers(f"{name}: the answer", 200, 303)
        yield _refused(visitor.back(redirect), f"{name}: the same answer again")
        yield _refused(visitor.back(redirect, kept=""), f"{name}: again, without what was kept")
        victim, thief = Visitor.new(lab, name), Visitor.new(lab, name)
        stolen = victim.away()["code"]
        yield _refused(
            thief.back({**thief.away(), "code": stolen}), f"{name}: a stolen code in the thief's own sign-in"
        )


@with_providers("an answer of a provider")
def mix_ups(lab: Lab) -> Iterator[Case]:
    """Give a case for each answer that comes from, or goes to, another provider than was asked."""
    names = lab.subject.design.providers
    for name in names:
        visitor = Visitor.new(lab, name)
        yield _refused(visitor.back({**visitor.away(), "iss": "https://evil.example"}), f"{name}: another issuer")
        redirect = visitor.away()
        if redirect.pop("iss", None):
            yield _refused(visitor.back(redirect), f"{name}: no issuer, from who always tells it")
        for other in names:
            if other != name:
                yield _refused(visitor.back(visitor.away(), name=other), f"an answer of {name} to {other}'s address")


@with_providers("where a sign-in ends")
def returns(lab: Lab) -> Iterator[Case]:
    """Give a case for each address on another host that a sign-in is asked to end at."""
    names = lab.subject.design.providers
    for target in ELSEWHERE:
        visitor = Visitor.new(lab, names[0])
        if not visitor.browses:
            yield skipped(f"next={target}", "no browser is sent anywhere")
            continue
        answer = visitor.begin(query=f"?next={target}")
        yield answer.answers(f"next={target}", 400, advice="only take a path that begins with one slash")


def _refused(answer: Exchange, title: str) -> Case:
    held = 400 <= answer.status < 500 and not is_session(answer)
    return answer.case(title, expected="4xx, and no session", held=held)


REQUESTS = Probe("O01", Group.ATTACKS, "a browser is sent to a provider with all that binds the answer", requests)
STATES = Probe("O02", Group.ATTACKS, "an answer of a provider counts in the browser that was sent there", states)
REPLAYS = Probe("O03", Group.ATTACKS, "an answer of a provider counts once", replays)
MIX_UPS = Probe("O06", Group.ATTACKS, "no provider's answer is taken for another's", mix_ups)
RETURNS = Probe("O09", Group.ATTACKS, "a sign-in ends at no other host", returns)


Claims = dict[str, object]
NONCES: tuple[Claims, ...] = ({"nonce": "another"}, {"nonce": None})
CLAIMS: tuple[Claims, ...] = (
    {"aud": "another"}, {"aud": ["another", "one"]}, {"aud": None}, {"aud": ["backend", "another"], "azp": "another"},
    {"iss": "https://evil.example"}, {"iss": None}, {"exp": 1_600_000_000}, {"exp": None}, {"sub": None}, {"sub": ""},
)  # fmt: skip
SIGNATURES = ("missing", "none", "client_secret", "public_key", "other_key", "unknown_kid")
DOWN = ("500", "html", "closed", "huge", "slow")
MAX_SECONDS = 10.0
PROBLEM = "application/problem+json"


def nonces(lab: Lab) -> Iterator[Case]:
    """Give a case for each ID token that belongs to another sign-in."""
    yield from _claims(lab, NONCES)


def tokens(lab: Lab) -> Iterator[Case]:
    """Give a case for each ID token that is not for us, of somebody else, over, or not signed by the provider."""
    yield from _claims(lab, CLAIMS)
    for name in _openid(lab):
        for how in SIGNATURES:
            answer = Visitor.new(lab, name).fail("id_token", how)
            held = answer.status == 401 and not is_session(answer)
            yield answer.case(f"{name}: signature: {how}", expected="401", held=held)


def _claims(lab: Lab, wrong: tuple[Claims, ...]) -> Iterator[Case]:
    for name in _openid(lab):
        for claims in wrong:
            visitor = Visitor.new(lab, name)
            visitor.server.claims = claims
            answer = visitor.visit()
            held = answer.status == 401 and not is_session(answer)
            yield answer.case(f"{name}: {claims}", expected="401", held=held)
        yield Visitor.new(lab, name).visit().answers(f"{name}: a good one", 200, 303)
    if not _openid(lab):
        yield skipped("an ID token", "no provider of OpenID Connect: the design's `auth.sign_in` names none")


@with_providers("the account of somebody else")
def taken(lab: Lab) -> Iterator[Case]:
    """Give a case for each way to come to the account of somebody else, who has the same address."""
    backend = lab.backend
    for name in lab.subject.design.providers:
        owner = backend.newcomer("owner")
        register(backend, owner)
        for email in (owner.email, owner.email.upper()):
            answer = Visitor.new(lab, name, stranger(email)).visit()
            yield _kept_out(
                answer, f"{name}: a registered address, {'as it is' if email == owner.email else 'in capitals'}"
            )
        yield sign_in(backend, backend.moved(owner)).answers(f"{name}: the owner's password", 200)
        first = Visitor.new(lab, name)
        joined = first.join()
        yield joined.case(f"{name}: somebody new joins", expected="a session", held=is_session(joined))
        yield _kept_out(
            Visitor.new(lab, name, stranger(first.server.person.email)).visit(),
            f"{name}: the address of another identity",
        )
        for password in ("", "null", "None"):
            guess = replace(backend.moved(first.actor), password=password, email=first.server.person.email or "")
            yield sign_in(backend, guess).answers(f"{name}: an account without a password, by {password!r}", 401, 422)


@with_providers("an address")
def unverified(lab: Lab) -> Iterator[Case]:
    """Give a case for each address that the provider has not verified: registered here, and not."""
    for name in lab.subject.design.providers:
        owner = lab.backend.newcomer("owner")
        register(lab.backend, owner)
        for what, email in (("registered here", owner.email), ("of nobody", None)):
            answer = Visitor.new(lab, name, stranger(email, verified=False)).visit()
            yield _kept_out(answer, f"{name}: an unverified address, {what}")


@with_providers("tokens of a provider")
def secrets_kept(lab: Lab) -> Iterator[Case]:
    """Give a case for each provider: what of it reaches the browser, or the database."""
    for name in lab.subject.design.providers:
        visitor = Visitor.new(lab, name)
        answer = visitor.visit()
        issued = [*visitor.server.tokens, visitor.server.client_secret]
        held = answer.status < 400 and not [each for each in issued if any(each in text for text in visitor.telling)]
        yield answer.case(
            f"{name}: all that reached the client", expected="no token of the provider, no secret", held=held
        )
        rows = str([dict(row) for row in lab.backend.database.fetch("SELECT * FROM auth_identities")])
        stored = [each for each in issued if each in rows]
        yield answer.case(f"{name}: what is stored", expected="no token of the provider", held=not stored)


@with_providers("a provider that is down")
def down(lab: Lab) -> Iterator[Case]:
    """Give a case for each way in which a provider fails, and one for a password meanwhile."""
    for name in lab.subject.design.providers:
        person = lab.backend.newcomer("owner")
        register(lab.backend, person)
        for how in DOWN:
            answer = Visitor.new(lab, name).fail("token", how)
            held = answer.status in {502, 503} and answer.headers.get("content-type") == PROBLEM
            expected = f"502 or 503, {PROBLEM}, within {MAX_SECONDS:.0f} s"
            yield answer.case(f"{name}: {how}", expected=expected, held=held, within=MAX_SECONDS)
        yield sign_in(lab.backend, lab.backend.moved(person)).answers(f"{name}: a password meanwhile", 200)


def _openid(lab: Lab) -> list[str]:
    return [name for name in lab.subject.design.providers if name != "github"]


def _kept_out(answer: Exchange, title: str) -> Case:
    held = answer.status in {403, 409} and not is_session(answer) and answer.field("sign_up") is None
    return answer.case(title, expected="403 or 409, and no session", held=held)


NONCES_PROBE = Probe("O04", Group.ATTACKS, "an ID token of another sign-in proves nothing", nonces)
TOKENS = Probe("O05", Group.ATTACKS, "an ID token proves itself: signature, issuer, audience, time", tokens)
TAKEN = Probe("O07", Group.ATTACKS, "an address at a provider opens nobody's account", taken)
UNVERIFIED = Probe("O08", Group.ATTACKS, "an address that a provider has not verified counts for nothing", unverified)
KEPT = Probe("O10", Group.ATTACKS, "what a provider issues reaches no browser, and is not stored", secrets_kept)
DOWN_PROBE = Probe("O11", Group.ATTACKS, "a provider that is down is told soon, and keeps no password out", down)
