"""S01: the cookies of a session are kept from scripts, from other hosts, and from requests of other sites."""

from collections.abc import Iterator

from backend_architect.proof.attacks.browser import NO_BROWSERS, Cookie, cookies_of, has_browsers, sign_in
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

EXPECTED = "__Host-, Secure, HttpOnly, SameSite=Lax or Strict, Path=/, no Domain"


def cookie_attributes(lab: Lab) -> Iterator[Case]:
    """Give a case for each cookie that a sign-in sets, and one for the answer's body."""
    if not has_browsers(lab.subject.design):
        yield skipped("cookies", NO_BROWSERS)
        return
    answer = sign_in(lab.backend, lab.backend.person("browser"))
    cookies = cookies_of(answer)
    yield answer.case("a sign-in in a browser", expected="2xx with cookies", held=answer.status < 300 and bool(cookies))
    for cookie in cookies:
        shown = "; ".join([f"{cookie.name}=…", *(f"{key}={value}" for key, value in cookie.attributes.items())])
        yield Case(cookie.name, verdict(_is_kept(cookie)), EXPECTED, shown, answer.curl)
    held = not any(cookie.value.encode() in answer.body for cookie in cookies)
    yield answer.case("what scripts can read", expected="no token in the body", held=held)


def _is_kept(cookie: Cookie) -> bool:
    told = cookie.attributes
    flags = {"secure", "httponly"} <= told.keys() and "domain" not in told
    same_site = told.get("samesite", "").lower() in {"lax", "strict"}
    return cookie.name.startswith("__Host-") and flags and same_site and told.get("path") == "/"


PROBE = Probe("S01", Group.ATTACKS, "cookies are kept from scripts, other hosts and other sites", cookie_attributes)
