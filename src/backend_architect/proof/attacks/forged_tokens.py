"""Access tokens that the backend did not issue: made from a real one, signed with its key or with another.

def expired(token: AccessToken) -> dict[str, str]:
return {"it ended an hour ago": token.signed(exp=token.now - 3600)}

yield from refused(lab, expired)      # 401 for each; first the control: an unchanged token, signed again, is let in
"""

import hmac
import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Verdict, skipped
from backend_architect.proof.lab import Lab

ME = "/v1/me"
NO_ACCOUNTS = "the design has no accounts"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A real access token, taken apart, and the key that the backend signs with. `now` is a time in seconds."""

    text: str
    header: Mapping[str, object]
    claims: Mapping[str, object]
    key: str
    now: int

    def signed(self, *, header: Mapping[str, object] | None = None, key: str | None = None, **claims: object) -> str:
        """Return the token with other claims or another header, signed; what is None is left out."""
        return sign({**self.header, **(header or {})}, {**self.claims, **claims}, self.key if key is None else key)


Forge = Callable[[AccessToken], Mapping[str, str]]


def refused(lab: Lab, forge: Forge) -> Iterator[Case]:
    """Give a case for each forged token, which must be answered with 401."""
    if lab.subject.design.auth is None:
        yield skipped("a forged token", NO_ACCOUNTS)
        return
    person = lab.backend.person("owner")
    token = read_token(person.token, lab.secret)
    if token is None:
        yield skipped("a forged token", "the access tokens are not JWTs: there is nothing to forge")
        return
    yield _control(lab.backend, person, token)
    for title, text in forge(token).items():
        yield ask_with(lab.backend, person, text, title).answers(title, 401)


def ask_with(backend: Backend, person: Actor, text: str, title: str) -> Exchange:
    """Return the answer to a request for the person's own account with another token."""
    name = "forged-" + re.sub(r"\W+", "-", title.lower()).strip("-")
    actor = replace(person, name=name, email="", token=text)
    backend.people.append(actor)  # its token is among the variables that repeat a case
    return backend.client.ask(actor, "GET", ME)


def read_token(text: str, key: str) -> AccessToken | None:
    """Return the parts of a JWT, or None where the text is none."""
    try:
        header, claims = (json.loads(_decoded(part)) for part in text.split(".")[:2])
    except ValueError:
        return None
    return AccessToken(text, header, claims, key, int(time.time()))


def sign(header: Mapping[str, object], claims: Mapping[str, object], key: str) -> str:
    """Return a JWT whose signature is an HMAC with SHA-256, whatever its header says."""
    head, body = (_encoded(json.dumps(_given(part)).encode()) for part in (header, claims))
    return f"{head}.{body}.{_encoded(hmac.digest(key.encode(), f'{head}.{body}'.encode(), 'sha256'))}"


def encoded_key(key: str) -> str:
    """Return a key as a JWK holds it."""
    return _encoded(key.encode())


def _control(backend: Backend, person: Actor, token: AccessToken) -> Case:
    """Return the case that shows that the forged tokens are refused for what is wrong with them."""
    title = "unchanged, signed again with the backend's own key"
    case = ask_with(backend, person, token.signed(), title).answers(title, 200)
    return case if case.verdict is Verdict.HELD else replace(case, verdict=Verdict.BROKEN)


def _given(part: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in part.items() if value is not None}


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
