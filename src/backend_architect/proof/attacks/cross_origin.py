"""P50: pages of other origins may not read answers, however much their origin looks like an allowed one."""

from collections.abc import Iterator

from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.probe import Probe

HOST = ALLOWED_ORIGIN.removeprefix("https://")
FOREIGN = (
    "https://evil.example",
    "null",
    f"http://{HOST}",
    f"{ALLOWED_ORIGIN}.evil.example",
    f"https://evil{HOST}",
    f"https://evil.example#{ALLOWED_ORIGIN}",
    f"{ALLOWED_ORIGIN}:8443",
    f"https://sub.{HOST}",
)
ALLOW = "access-control-allow-origin"


def cross_origin(lab: Lab) -> Iterator[Case]:
    """Give for each foreign origin a case for a request and one for what a browser asks beforehand."""
    for origin in FOREIGN:
        for method in ("GET", "OPTIONS"):
            answer = _ask(lab, method, origin)
            held = answer.headers.get(ALLOW) not in {origin, "*"}
            yield answer.case(f"{method} from {origin}", expected="no Access-Control-Allow-Origin for it", held=held)
    answer = _ask(lab, "GET", ALLOWED_ORIGIN)
    held = answer.headers.get(ALLOW) == ALLOWED_ORIGIN and "origin" in answer.headers.get("vary", "").lower()
    yield answer.case("GET from the allowed origin", expected="it alone is named, and Vary: Origin", held=held)


def _ask(lab: Lab, method: str, origin: str) -> Exchange:
    headers = {"origin": origin} | ({"access-control-request-method": "POST"} if method == "OPTIONS" else {})
    return lab.backend.client.ask(lab.backend.anonymous(), method, "/v1/me", headers=headers)


PROBE = Probe("P50", Group.ATTACKS, "pages of other origins may not read answers", cross_origin)
