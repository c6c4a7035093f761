"""A strict identity provider on 127.0.0.1, for tests: OpenID Connect, and OAuth 2 as GitHub has it.

It forgives nothing: client, secret, redirect address, PKCE (S256 alone), and that a code works once, for a minute, are
checked as RFC 6749, 7636 and 9700 say. Whoever comes to it consents at once. `fault` makes it do one thing wrong.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CHALLENGE_LENGTH = 43
CODE_LIFETIME = 60
GITHUB = "/login/oauth"
HUGE = 1_000_000


@dataclass
class Person:
    """Who is signed in at the provider; `number` is GitHub's name for `subject`."""

    subject: str = "1001"
    email: str | None = "grace@people.example"
    verified: bool = True
    name: str = "Grace"

    @property
    def number(self) -> int:
        """The account's number at GitHub."""
        return int(self.subject)


@dataclass
class Grant:
    """A code that was issued, and for what."""

    person: Person
    redirect_uri: str
    challenge: str
    nonce: str | None
    issued_at: float
    used: bool = False


@dataclass
class Fault:
    """What is wrong: `at` discovery, token, jwks, userinfo, api or id_token; `how` says in which way."""

    at: str
    how: str


@dataclass
class StrictProvider:
    """The provider's registrations and its state."""

    url: str
    client_id: str = "backend"
    client_secret: str = "a/secret+of:the%client"
    redirect_uris: set[str] = field(default_factory=set)
    person: Person = field(default_factory=Person)
    fault: Fault | None = None
    consents: bool = True
    tells_issuer: bool = True
    claims: dict[str, Any] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    authorizations: list[dict[str, str]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    keys: list[RSAKey] = field(default_factory=lambda: [_new_key()])
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget everything but the registrations and the key."""
        self.person, self.fault, self.consents, self.tells_issuer = Person(), None, True, True
        self.claims = {}
        for each in (self.requests, self.authorizations, self.answers, self.codes, self.tokens):
            each.clear()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is gone."""
        self.keys = [_new_key()]

    def authorize(self, query: dict[str, str], *, is_github: bool) -> tuple[int, str]:
        """Return a status, and where the browser is sent, or what is wrong with the request."""
        self.authorizations.append(query)
        wrong = self._wrong(query, is_github=is_github)
        if wrong:
            return 400, wrong
        payload = {"state": query["state"]}
        if self.consents:
            code = secrets.token_urlsafe(24)
            person = Person(**vars(self.person))
            challenge, nonce = query["code_challenge"], query.get("nonce")
            self.codes[code] = Grant(person, query["redirect_uri"], challenge, nonce, time.monotonic())
            payload["code"] = code
        else:
            payload["error"] = "access_denied"
        if self.tells_issuer and not is_github:
            payload["iss"] = self.url
        joined = "&" if "?" in query["redirect_uri"] else "?"
        return 302, query["redirect_uri"] + joined + urlencode(payload)

    def _wrong(self, query: dict[str, str], *, is_github: bool) -> str:
        checks = {
            "client_id": query.get("client_id") == self.client_id,
            "redirect_uri": query.get("redirect_uri") in self.redirect_uris,
            "response_type": query.get("response_type") == "code",
            "state": len(query.get("state", "")) >= 22,
            "code_challenge_method": query.get("code_challenge_method") == "S256",
            "code_challenge": len(query.get("code_challenge", "")) == CHALLENGE_LENGTH,
            "scope": ("user:email" if is_github else "openid") in query.get("scope", "").split(),
            "nonce": is_github or len(query.get("nonce", "")) >= 22,
        }
        return ", ".join(name for name, holds in checks.items() if not holds)

    def exchange(self, form: dict[str, str], authorization: str, *, is_github: bool) -> tuple[int, dict[str, Any]]:
        """Return a status and the tokens for a code, or the error."""
        if not self._is_client(form, authorization, is_github=is_github):
            return (200 if is_github else 401), {"error": "incorrect_client" if is_github else "invalid_client"}
        error = self._wrong_code(form)
        if error:
            return (200, {"error": "bad_verification_code"}) if is_github else (400, {"error": error})
        grant = self.codes[form["code"]]
        grant.used = True
        token = secrets.token_urlsafe(24)
        self.tokens[token] = grant
        answer = {"access_token": token, "token_type": "bearer", "expires_in": 3600}
        if is_github:
            return 200, answer
        return 200, answer | self._signed(grant, token)

    def _is_client(self, form: dict[str, str], authorization: str, *, is_github: bool) -> bool:
        if is_github:
            return (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == (self.client_id, self.client_secret)

    def _wrong_code(self, form: dict[str, str]) -> str:
        grant = self.codes.get(form.get("code", ""))
        if form.get("grant_type") != "authorization_code":
            return "unsupported_grant_type"
        if grant is None or grant.redirect_uri != form.get("redirect_uri"):
            return "invalid_grant"
        if grant.used or time.monotonic() - grant.issued_at > CODE_LIFETIME:
            self.tokens = {token: each for token, each in self.tokens.items() if each is not grant}
            return "invalid_grant"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _base64(digest).decode()
        return "" if challenge == grant.challenge else "invalid_grant"

    def _signed(self, grant: Grant, access_token: str) -> dict[str, str]:
        """Return the ID token, or the one that the fault asks for."""
        how = self.fault.how if self.fault and self.fault.at == "id_token" else ""
        now = int(time.time())
        claims = {"iss": self.url, "sub": grant.person.subject, "aud": self.client_id, "iat": now, "exp": now + 300}
        claims |= {"nonce": grant.nonce, **about(grant.person), "at_hash": _half_hash(access_token), **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.keys[0]
        kid = key.kid or ""
        if how == "missing":
            return {}
        secrets_of = {
            "none": b"",
            "client_secret": self.client_secret.encode(),
            "public_key": key.as_pem(private=False),
        }
        if how in secrets_of:
            return {"id_token": _symmetric(claims, kid, secrets_of[how])}
        signer = _new_key() if how in {"other_key", "unknown_kid"} else key
        header = {"alg": "RS256", "kid": "another" if how == "unknown_kid" else kid}
        return {"id_token": jwt.encode(header, claims, signer, algorithms=["RS256"])}


def about(person: Person) -> dict[str, Any]:
    """Return what the claims say of somebody."""
    payload = {"name": person.name}
    return payload | ({"email": person.email, "email_verified": person.verified} if person.email else {})


@contextmanager
def running_provider() -> Iterator[StrictProvider]:
    """Give a provider that runs until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    provider = StrictProvider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def provider(self) -> StrictProvider:
        provider: StrictProvider = self.server.provider  # type: ignore[attr-defined]
        return provider

    def do_GET(self) -> None:
        """Answer a browser, or a client that reads."""
        url = urlsplit(self.path)
        self.provider.requests.append(url.path)
        match url.path:
            case "/.well-known/openid-configuration":
                self._send("discovery", self._discovery())
            case "/jwks":
                keys = KeySet(list(self.provider.keys)).as_dict(private=False)
                self._send("jwks", keys)
            case "/authorize" | "/login/oauth/authorize":
                self._authorize({name: values[0] for name, values in parse_qs(url.query).items()}, url.path)
            case "/userinfo":
                self._about(lambda person: {"sub": person.subject, **about(person)}, "userinfo")
            case "/api/user":
                self._about(lambda person: {"id": person.number, "login": "grace", "name": person.name}, "api")
            case "/api/user/emails":
                self._about(_emails, "api")
            case _:
                self._send("", {"error": "not_found"}, 404)

    def do_POST(self) -> None:
        """Exchange a code for tokens."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        path = urlsplit(self.path).path
        self.provider.requests.append(path)
        is_github = path == f"{GITHUB}/access_token"
        if not is_github and path != "/token":
            self._send("", {"error": "not_found"}, 404)
            return
        status, answer = self.provider.exchange(form, self.headers.get("authorization", ""), is_github=is_github)
        self._send("token", answer, status)

    def _discovery(self) -> dict[str, Any]:
        url = self.provider.url
        is_other = self.provider.fault == Fault("discovery", "issuer")
        return {
            "issuer": "https://evil.example" if is_other else url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks",
            "userinfo_endpoint": f"{url}/userinfo",
            "authorization_response_iss_parameter_supported": self.provider.tells_issuer,
        }

    def _authorize(self, query: dict[str, str], path: str) -> None:
        status, payload = self.provider.authorize(query, is_github=path.startswith(GITHUB))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", payload)
        body = b"" if status == 302 else payload.encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _about(self, tell: Any, at: str) -> None:
        token = self.headers.get("authorization", "").partition(" ")[2]
        grant = self.provider.tokens.get(token)
        if grant is None:
            self._send("", {"message": "Bad credentials"}, 401)
        else:
            self._send(at, tell(grant.person))

    def _send(self, at: str, answer: object, status: int = 200) -> None:
        fault = self.provider.fault
        how = fault.how if fault and fault.at == at else ""
        body, kind = json.dumps(answer).encode(), "application/json"
        if how == "500":
            status, body = 500, b'{"error": "server_error"}'
        elif how == "html":
            body, kind = b"<html><body>Sign in to the Wi-Fi</body></html>", "text/html"
        elif how == "garbage":
            body = b'{"keys": [{"kty": "RSA"}], "id": "x", "access_token": 1}'
        elif how == "huge":
            body = b" " * HUGE + body
        elif how == "slow":
            time.sleep(30)
        elif how == "closed":
            self.close_connection = True
            return
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked has given up
            self.close_connection = True


def _emails(person: Person) -> list[dict[str, Any]]:
    other = {"email": "other@people.example", "primary": False, "verified": True, "visibility": None}
    own = {"email": person.email, "primary": True, "verified": person.verified, "visibility": "private"}
    return [other, own] if person.email else [other]


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"}, private=True)


def _symmetric(claims: dict[str, Any], kid: str, secret: bytes) -> str:
    """Return a token that a client has to refuse: signed with what is no secret, or with no key at all."""
    header = {"alg": "HS256" if secret else "none", "kid": kid}
    signed = b".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    signature = _base64(hmac.digest(secret, signed, "sha256")) if secret else b""
    return b".".join((signed, signature)).decode()


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _half_hash(access_token: str) -> str:
    digest = hashlib.sha256(access_token.encode()).digest()[:16]
    return _base64(digest).decode()
