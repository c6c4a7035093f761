"""P64: after all that was tried, no password, token or cookie is in the log. It runs last among the attacks."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.broken import without_table
from backend_architect.proof.attacks.log_lines import Listening, parsed
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, Measure
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

WRONG = "a-password-that-is-wrong-0001"
MADE_UP = "a-token-that-is-made-up-0001"


def secrets_in_logs(lab: Lab) -> Iterator[Case]:
    """Give a case for the log of the shared backend, after some more requests that fail with secrets in them."""
    backend = lab.backend
    log = Listening(backend)
    if lab.subject.design.auth is not None:
        _fail_with_secrets(lab, backend.person("careless"))
    backend.client.ask(backend.anonymous(), "GET", "/v1/me", headers={"x-request-id": "the-last-of-all"})
    log.until(lambda lines: any("the-last-of-all" in line for line in lines))
    secrets = {lab.secret, *backend.client.secrets}
    lines = backend.log.read_text(errors="replace").splitlines()
    told = [line for line in lines if any(secret in line for secret in secrets)]
    came = f"{len(told)} of {len(lines):,} lines have one" + "".join(f", such as: {line[:200]}" for line in told[:1])
    measures = (Measure("secrets", len(secrets)), Measure("lines of the log", len(lines)))
    title = f"{len(secrets):,} passwords, tokens and cookies"
    yield Case(title, verdict(not told and bool(lines)), "in no line of the log", came, measures=measures)
    other = [line for line in lines if not parsed(line)]
    yield Case("the form of the log", verdict(not other), "JSON, every line", "".join(other[:1])[:300] or "JSON")


def _fail_with_secrets(lab: Lab, person: Actor) -> None:
    """Send secrets where they are wrong, and where something breaks while they are used."""
    backend = lab.backend
    ask = backend.client.ask
    sign_in(backend, replace(person, token="", password=WRONG, address=backend.anonymous().address))
    ask(backend.anonymous(), "GET", f"/v1/me?access_token={person.token}")
    ask(backend.anonymous(), "GET", "/v1/me", headers={"authorization": f"Bearer {MADE_UP}"})
    ask(backend.anonymous(), "GET", "/v1/me", headers={"cookie": f"__Host-access={MADE_UP}; session={MADE_UP}"})
    ask(backend.anonymous(), "POST", "/v1/auth/refresh", json_body={"refresh_token": MADE_UP})
    with without_table(backend, "auth_accounts"):
        sign_in(backend, replace(person, token="", address=backend.anonymous().address))
        ask(person, "POST", "/v1/auth/password", json_body={"current_password": person.password, "new_password": WRONG})
        ask(person, "GET", "/v1/me")


PROBE = Probe("P64", Group.ATTACKS, "no password, token or cookie is in the log", secrets_in_logs)
