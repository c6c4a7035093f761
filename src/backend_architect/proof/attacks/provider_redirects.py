"""O01, O02, O03, O06 and O09: whoever comes back from a provider is who was sent there, and goes to no other host."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from backend_architect.proof.attacks.visitor import (
    Visitor,
    is_session,
    random_state,
    with_providers,
)
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
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
        told, others = victim.away(), other.away()
        for what, state in (("no state", ""), ("a forged state", random_state()), ("another's", others["state"])):
            yield _refused(victim.back({**told, "state": state}), f"{name}: {what}")
        yield _refused(victim.back(told, kept=""), f"{name}: a browser that was never sent away")
        yield _refused(victim.back(told, kept=other.kept), f"{name}: another browser")


@with_providers("an answer of a provider")
def replays(lab: Lab) -> Iterator[Case]:
    """Give a case for an answer that comes twice, and for a code that was stolen from somebody else's."""
    for name in lab.subject.design.providers:
        visitor = Visitor.new(lab, name)
        told = visitor.away()
        first = visitor.back(told)
        yield first.answers(f"{name}: the answer", 200, 303)
        yield _refused(visitor.back(told), f"{name}: the same answer again")
        yield _refused(visitor.back(told, kept=""), f"{name}: again, without what was kept")
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
        told = visitor.away()
        if told.pop("iss", None):
            yield _refused(visitor.back(told), f"{name}: no issuer, from who always tells it")
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
