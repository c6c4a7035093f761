"""A browser that has signed in: its session is in cookies, which it sends along by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend_architect.design import Design
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.lab import ALLOWED_ORIGIN

BETWEEN_COOKIES = re.compile(r",\s*(?=[^;,=\s]+=)")
ACCESS_COOKIE = "__Host-access"
NO_BROWSERS = "no browser signs in: the design's clients have no web"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One Set-Cookie header. Names of attributes are in lower case; one without a value has ''."""

    name: str
    value: str
    attributes: Mapping[str, str]


def has_browsers(design: Design) -> bool:
    """Return whether sessions are kept in cookies."""
    return design.auth is not None and "web" in design.clients


def sign_in(backend: Backend, actor: Actor, cookies: str = "", origin: str = ALLOWED_ORIGIN) -> Exchange:
    """Return the answer to a sign-in from a page of `origin`, by a browser that has these cookies already."""
    body = {"email": actor.email, "password": actor.password, "cookies": True}
    return ask(backend, actor, "POST", "/v1/auth/sign-in", cookies, headers={"origin": origin}, json_body=body)


def ask(
    backend: Backend,
    actor: Actor,
    method: str,
    path: str,
    cookies: str,
    *,
    headers: Mapping[str, str] | None = None,
    json_body: object = None,
) -> Exchange:
    """Return the answer to a request of a browser: with cookies, and without an access token in a header."""
    sent = {"cookie": cookies, **(headers or {})} if cookies else {**(headers or {})}
    return backend.client.ask(replace(actor, token=""), method, path, headers=sent, json_body=json_body)


def cookies_of(answer: Exchange) -> list[Cookie]:
    """Return the cookies that an answer sets."""
    return [_cookie(text) for text in BETWEEN_COOKIES.split(answer.headers.get("set-cookie", "")) if text]


def jar(answer: Exchange, *, but: str = "") -> str:
    """Return what a browser sends after such an answer, once it has dropped the cookie named `but`."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies_of(answer) if cookie.name != but)


def _cookie(text: str) -> Cookie:
    first, *rest = [part.strip() for part in text.split(";")]
    name, _, value = first.partition("=")
    attributes = {key.strip().lower(): given.strip() for key, _, given in (part.partition("=") for part in rest)}
    return Cookie(name, value.strip('"'), attributes)
