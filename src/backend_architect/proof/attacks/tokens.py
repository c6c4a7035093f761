"""P01 to P11 and P84: which credentials the backend accepts, and for how long."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.forged_tokens import (
    ME,
    NO_ACCOUNTS,
    AccessToken,
    ask_with,
    encoded_key,
    read_token,
    refused,
)
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import refresh, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import Request, account_requests, project_routes, valid_request


def no_credential(lab: Lab) -> Iterator[Case]:
    """P01: a request without a credential is refused, and told what is missing.

    Give a case for each route that asks for a caller, and one for the caller's own account.
    """
    if lab.subject.design.auth is None:
        yield skipped("GET /v1/me", NO_ACCOUNTS)
        return
    for request in account_requests(lab.subject.design):
        yield _refused(lab, request, f"{request.method} {request.template}")
    owner = lab.backend.person("owner")
    for route in project_routes(lab.subject):
        if route.table.answers.get("anonymous") == 401:
            request = valid_request(lab.backend, route, owner, others=route.kind.endswith("edge"))
            yield _refused(lab, request, route.title)


def _refused(lab: Lab, request: Request, title: str) -> Case:
    answer = request.send(lab.backend, lab.backend.anonymous())
    held = answer.status == 401 and "www-authenticate" in answer.headers
    return answer.case(title, expected="401 with WWW-Authenticate", held=held)


NO_CREDENTIAL = Probe("P01", Group.ATTACKS, "a request without a credential is refused", no_credential)


STRANGER = "01890a5d-ac96-774b-bcce-b302099a8057"


def changed_token(lab: Lab) -> Iterator[Case]:
    """P02: a token that was changed after it was signed is refused.

    Give a case for a changed signature, none, and claims that the signature is not for.
    """
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


CHANGED_TOKEN = Probe("P02", Group.ATTACKS, "a token changed after it was signed is refused", changed_token)


NONE_SPELLINGS = ("none", "None", "NONE", "nOnE", "")


def unsigned_token(lab: Lab) -> Iterator[Case]:
    """P03: a token that says of itself that it needs no signature is refused.

    Give a case for each spelling of `none`, without a signature and with one.
    """
    yield from refused(lab, _unsigned)


def _unsigned(token: AccessToken) -> dict[str, str]:
    made = {name: token.signed(header={"alg": name}, key="any") for name in NONE_SPELLINGS}
    bare = {f"alg {name!r}, no signature": text.rpartition(".")[0] + "." for name, text in made.items()}
    return bare | {f"alg {name!r}, any signature": text for name, text in made.items()}


UNSIGNED_TOKEN = Probe("P03", Group.ATTACKS, "a token without a signature is refused", unsigned_token)


OWN = "the attacker's own key, long enough for any check of length"
GUESSED = ("", "secret", "changeme", "development", "development-only", "jwt-secret", "x" * 32)
PUBLISHED = ("/.well-known/jwks.json", "/v1/auth/jwks", "/v1/.well-known/jwks.json", "/jwks.json")


def foreign_key(lab: Lab) -> Iterator[Case]:
    """P04: a token signed with any other key than the backend's is refused, also when the token brings the key along.

    Give a case for guessed keys, keys inside the token, another algorithm, and published keys used as secrets.
    """
    yield from refused(lab, _signed_with_other_keys)
    if lab.subject.design.auth is not None:
        texts = _published(lab.backend)
        if not texts:
            yield skipped("a published key used as a secret", "no public key is published: tokens are signed by HMAC")
        else:
            yield from refused(lab, lambda token: {f"what {at} says": token.signed(key=key) for at, key in texts})


def _signed_with_other_keys(token: AccessToken) -> dict[str, str]:
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


FOREIGN_KEY = Probe("P04", Group.ATTACKS, "a token signed with another key is refused", foreign_key)


LEEWAY = 60


def expired_token(lab: Lab) -> Iterator[Case]:
    """P05: a token whose time is over is refused; clocks may differ by a minute, no more.

    Give a case for ends long and shortly past, and for ends that are no time.
    """
    yield from refused(lab, _expired)


def _expired(token: AccessToken) -> dict[str, str]:
    return {
        "it ended a day ago": token.signed(exp=token.now - 86_400),
        "it ended a little more than a minute ago": token.signed(exp=token.now - LEEWAY - 1),
        "it ends at 0": token.signed(exp=0),
        "its end is a word": token.signed(exp="never"),
        "its end is a number that no clock shows": token.signed(exp=10**400),
    }


EXPIRED_TOKEN = Probe("P05", Group.ATTACKS, "a token whose time is over is refused", expired_token)


def endless_token(lab: Lab) -> Iterator[Case]:
    """P06: a token without an end is refused, though signed with the right key.

    Give a case for a token without `exp`.
    """
    yield from refused(lab, _endless)


def _endless(token: AccessToken) -> dict[str, str]:
    return {"no exp": token.signed(exp=None)}


ENDLESS_TOKEN = Probe("P06", Group.ATTACKS, "a token without an end is refused", endless_token)


ELSEWHERE = "https://elsewhere.example"


def foreign_audience(lab: Lab) -> Iterator[Case]:
    """P07: a token that another service issued, or that is meant for one, is refused, though signed with the right key.

    Give a case for another issuer and another audience, and for none.
    """
    yield from refused(lab, _of_other_services)


def _of_other_services(token: AccessToken) -> dict[str, str]:
    return {
        "for another audience": token.signed(aud=ELSEWHERE),
        "for several others": token.signed(aud=[ELSEWHERE, "https://other.example"]),
        "for no audience": token.signed(aud=None),
        "from another issuer": token.signed(iss=ELSEWHERE),
        "from no issuer": token.signed(iss=None),
    }


FOREIGN_AUDIENCE = Probe("P07", Group.ATTACKS, "a token from or for another service is refused", foreign_audience)


def shapeless_token(lab: Lab) -> Iterator[Case]:
    """P84: a token with claims of another kind than the backend's own is refused, though signed with the right key.

    Give a case for each claim that is of another kind, or missing.
    """
    yield from refused(lab, _shapeless)


def _shapeless(token: AccessToken) -> dict[str, str]:
    role = "moderator"
    return {
        "roles as one text": token.signed(roles=role),
        "roles as an object": token.signed(roles={role: True}),
        "a role that is a number": token.signed(roles=[7]),
        "a number for the roles": token.signed(roles=7),
        "no roles": token.signed(roles=None),
        "a subject that is no id": token.signed(sub="everybody"),
        "a session that is no id": token.signed(sid="any"),
        "no session": token.signed(sid=None),
    }


SHAPELESS_TOKEN = Probe("P84", Group.ATTACKS, "a token with claims of another kind is refused", shapeless_token)


KINDS = ("refresh+jwt", "reset+jwt", "verify+jwt", "id+jwt", "JWT", "")
NO_TOKENS = ("..", "e30.e30.e30", "a" * 5_000, "Bearer")


def other_tokens(lab: Lab) -> Iterator[Case]:
    """P08: a token of another kind is no access token: refresh, password reset, e-mail verification, identity.

    Give a case for the refresh token, JWTs of other kinds, and texts that are no token at all.
    """
    if lab.subject.design.auth is None:
        yield skipped(f"GET {ME} with a refresh token", NO_ACCOUNTS)
        return
    person = lab.backend.person("owner")
    other = str(sign_in(lab.backend, person).field("refresh_token"))
    yield ask_with(lab.backend, person, other, "refresh token").answers("the refresh token", 401)
    for number, text in enumerate(NO_TOKENS, 1):
        yield ask_with(lab.backend, person, text, f"no token {number}").answers(f"no token: {text[:20]}", 401)
    yield from refused(lab, _kinds)


def _kinds(token: AccessToken) -> dict[str, str]:
    return {f"typ {kind!r}, the right key": token.signed(header={"typ": kind}) for kind in KINDS}


OTHER_TOKENS = Probe("P08", Group.ATTACKS, "a token of another kind is no access token", other_tokens)


HOUR = 3_600


def future_token(lab: Lab) -> Iterator[Case]:
    """P09: a token that is not valid yet is refused.

    Give a case for a token that begins, and one that was issued, in an hour.
    """
    yield from refused(lab, _future)


def _future(token: AccessToken) -> dict[str, str]:
    return {
        "valid from in an hour": token.signed(nbf=token.now + HOUR, exp=token.now + 2 * HOUR),
        "issued in an hour": token.signed(iat=token.now + HOUR, exp=token.now + 2 * HOUR),
    }


FUTURE_TOKEN = Probe("P09", Group.ATTACKS, "a token that is not valid yet is refused", future_token)


QUERY_NAMES = ("access_token", "token", "jwt", "auth_token", "authorization", "Authorization", "bearer", "api_key")


def token_in_query(lab: Lab) -> Iterator[Case]:
    """P10: a token counts only where logs and histories do not keep it: never in the query.

    Give a case for each usual name of a parameter.
    """
    if lab.subject.design.auth is None:
        yield skipped(f"GET {ME}?access_token=…", NO_ACCOUNTS)
        return
    person = lab.backend.person("owner")
    for name in QUERY_NAMES:
        for value in (person.token, f"Bearer%20{person.token}") if "auth" in name.lower() else (person.token,):
            answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", f"{ME}?{name}={value}")
            shown = replace(answer, path=f"{ME}?{name}=" + value.replace(person.token, f"${person.variable}"))
            yield shown.answers(f"the token as ?{name}={value.partition(person.token)[0]}…", 401)


TOKEN_IN_QUERY = Probe("P10", Group.ATTACKS, "a token in the query counts for nothing", token_in_query)


MAX_LIFETIME_SECONDS = 3_600


def token_lifetime(lab: Lab) -> Iterator[Case]:
    """P11: an access token lives for an hour at most; the refresh token that gets the next one works once.

    Give a case for the lifetime that the token states, and for a refresh token used twice.
    """
    if lab.subject.design.auth is None:
        yield skipped("the lifetime of an access token", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    session = sign_in(backend, backend.moved(person))
    token = read_token(str(session.field("access_token")), lab.secret)
    if token is not None:
        lives = float(str(token.claims.get("exp"))) - float(str(token.claims.get("iat")))
        yield session.case(
            f"exp - iat is {lives:.0f} s",
            expected=f"at most {MAX_LIFETIME_SECONDS} s",
            held=0 < lives <= MAX_LIFETIME_SECONDS,
        )
    yield from _rotated(backend, person, session)


def _rotated(backend: Backend, person: Actor, session: Exchange) -> Iterator[Case]:
    first = refresh(backend, person, session)
    held = first.field("refresh_token") not in {None, session.field("refresh_token")}
    yield first.case("a refresh gives the next refresh token", expected="200 with another token", held=held)
    again = refresh(backend, person, session)
    same = again.field("refresh_token") == first.field("refresh_token")
    expected = "401, 409, or the same next token: two tabs, or an answer that was lost"
    yield again.case("the refresh token again, at once", expected=expected, held=again.status in {401, 409} or same)
    last = first if again.status == 401 else refresh(backend, person, first)
    yield refresh(backend, person, session).answers("the refresh token again, after later ones", 401)
    yield refresh(backend, person, last).answers("the last one: the theft ended the session", 401)


TOKEN_LIFETIME = Probe("P11", Group.ATTACKS, "access tokens are short-lived, refresh tokens work once", token_lifetime)
