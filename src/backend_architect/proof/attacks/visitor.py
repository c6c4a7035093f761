"""Somebody who signs in with an identity provider: there and back, with a browser or, where there is none, an app."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from backend_architect.proof.attacks.browser import ask, cookies_of, has_browsers
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.people import new_account
from backend_architect.running.identity_provider import Fault, Person, StrictProvider

ACCESS = "__Host-access"
Redirect = dict[str, str]
Run = Callable[[Lab], Iterator[Case]]
_numbers = count(5_000)


def with_providers(what: str) -> Callable[[Run], Run]:
    """Return what lets a probe's function pass over a design in which nobody signs in with a provider."""

    def passing(run: Run) -> Run:
        def tried(lab: Lab) -> Iterator[Case]:
            if lab.subject.design.providers:
                yield from run(lab)
            else:
                yield skipped(what, "nobody signs in with a provider: the design's `auth.sign_in` names none")

        return tried

    return passing


def stranger(email: str | None = None, *, verified: bool = True) -> Person:
    """Return somebody at the provider whom nobody has seen before."""
    number = next(_numbers)
    return Person(str(number), email or f"visitor-{number}@people.example", verified, f"Visitor {number}")


@dataclass
class Visitor:
    """A visitor of one backend; `kept` is what the browser's cookies, or the app, hold."""

    lab: Lab
    name: str
    actor: Actor
    kept: str = ""
    telling: list[str] = field(default_factory=list)
    """Every text that reached the browser or the app."""

    @classmethod
    def new(cls, lab: Lab, name: str, person: Person | None = None) -> "Visitor":
        """Return somebody new to the provider and to the backend."""
        visitor = cls(lab, name, lab.backend.newcomer("visitor"))
        visitor.server.fault, visitor.server.claims, visitor.server.consents = None, {}, True
        visitor.server.person = person or stranger()
        return visitor

    @property
    def backend(self) -> Backend:
        """Return the backend that is visited."""
        return self.lab.backend

    @property
    def server(self) -> StrictProvider:
        """Return the provider."""
        return self.lab.providers[self.name]

    @property
    def browses(self) -> bool:
        """Return whether it is a browser that comes and goes."""
        return has_browsers(self.backend.design)

    def begin(self, *, query: str = "", cookies: str = "") -> Exchange:
        """Return the answer that sends them to the provider, and keep what comes along."""
        path = f"/v1/auth/{self.name}{query}"
        if not self.browses:
            answer = self.backend.client.ask(self.actor, "POST", path)
            self.kept = str(answer.field("attempt"))
            return answer
        answer = ask(self.backend, self.actor, "GET", path, cookies)
        self.kept = "; ".join(f"{each.name}={each.value}" for each in cookies_of(answer))
        self.telling += [str(answer.headers), answer.body.decode(errors="replace")]
        return answer

    def address_of(self, answer: Exchange) -> str:
        """Return the address at the provider that an answer leads to."""
        return answer.headers.get("location", "") if self.browses else str(answer.field("url"))

    def consent(self, url: str) -> Redirect:
        """Return what the provider's redirect brings back; empty where it refuses the request."""
        answer = httpx.get(url, follow_redirects=False, trust_env=False)
        query = urlsplit(answer.headers.get("location", "")).query
        return {name: values[0] for name, values in parse_qs(query).items()}

    def away(self) -> Redirect:
        """Return what the provider's redirect brings, once they were sent there and agreed."""
        return self.consent(self.address_of(self.begin()))

    def back(self, redirect: Redirect, *, kept: str | None = None, name: str = "") -> Exchange:
        """Return the backend's answer to what a redirect brings, from whoever keeps `kept`."""
        kept = self.kept if kept is None else kept
        path = f"/v1/auth/{name or self.name}/callback"
        if self.browses:
            answer = ask(self.backend, self.actor, "GET", f"{path}?{urlencode(redirect)}", kept)
        else:
            answer = self.backend.client.ask(
                self.actor, "POST", path, json_body={"state": "", "attempt": kept, **redirect}
            )
        self.telling += [str(answer.headers), answer.body.decode(errors="replace")]
        return answer

    def visit(self) -> Exchange:
        """Return the answer to the whole way there and back."""
        return self.back(self.away())

    def fail(self, at: str, how: str) -> Exchange:
        """Return the answer to a way there and back on which the provider does one thing wrong."""
        redirect = self.away()
        self.server.fault = Fault(at, how)
        answer = self.back(redirect)
        self.server.fault = None
        return answer

    def join(self) -> Exchange:
        """Return the answer that ends with an account of their own, and a session."""
        answer = self.visit()
        if is_session(answer) or answer.status != 200:
            return answer
        body = {k: v for k, v in new_account(self.backend, self.actor).items() if k not in {"email", "password"}}
        if not self.browses:
            body["sign_up"] = answer.field("sign_up")
            return self.backend.client.ask(self.actor, "POST", "/v1/auth/sign-up", json_body=body)
        kept = "; ".join(f"{each.name}={each.value}" for each in cookies_of(answer))
        origin = {"origin": ALLOWED_ORIGIN}
        return ask(self.backend, self.actor, "POST", "/v1/auth/sign-up", kept, headers=origin, json_body=body)


def is_session(answer: Exchange) -> bool:
    """Return whether an answer begins a session."""
    in_cookie = any(each.name == ACCESS and each.value for each in cookies_of(answer))
    return in_cookie or isinstance(answer.field("access_token"), str)


def random_state() -> str:
    """Return a state that nobody was given."""
    return secrets.token_urlsafe(32)
