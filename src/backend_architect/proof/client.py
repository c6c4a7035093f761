"""Requests to a running backend, kept with their answers so that each can be shown and repeated."""

import json
import math
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from backend_architect.proof.evidence import Case, timely

SHOWN = 300
SECRET_MEMBER = re.compile(rb'"\w*(?:password|token|secret)\w*"\s*:\s*"([^"]*)"')
SECRET = re.compile(r"[\w.~+/-]{16,}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who sends requests, from an address of their own. Without a token it is nobody who has signed in."""

    name: str
    address: str
    id: str = ""
    token: str = ""
    email: str = ""
    password: str = ""

    @property
    def variable(self) -> str:
        """Return the shell variable that stands for the token in commands that people repeat; each person has one."""
        return (self.email.partition("@")[0] or self.name).upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. Header names are in lower case."""

    actor: Actor
    method: str
    path: str
    sent: Mapping[str, str]
    content: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> object:
        """Return the answer's JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def field(self, name: str) -> object:
        """Return one member of the answer's JSON object, or None."""
        value = self.json()
        return value.get(name) if isinstance(value, dict) else None

    @property
    def description(self) -> str:
        """Return the answer in a line."""
        text = " ".join(self.body[:SHOWN].decode(errors="replace").split())
        return f"{self.status} {text}".strip()

    @property
    def curl(self) -> str:
        """Return the request as a command; a token is a shell variable, never the token itself."""
        words = ["curl", "-i", "-X", self.method, f'"$API{self.path}"']
        for name, value in self.sent.items():
            if value == f"Bearer {self.actor.token}" and self.actor.token:
                words.append(f'-H "{name}: Bearer ${self.actor.variable}"')
            else:
                words.append(f"-H {shlex.quote(f'{name}: {value}'[:SHOWN])}")
        if not self.content:
            return " ".join(words)
        if len(self.content) > SHOWN:
            return " ".join([*words, f"--data-binary @-  # {len(self.content):,} bytes"])
        text = self.content.decode(errors="surrogateescape")
        if text.isprintable():
            return " ".join([*words, f"-d {shlex.quote(text)}"])
        return " ".join(["printf %b", shlex.quote(_for_printf(text)), "|", *words, "--data-binary @-"])

    def case(self, title: str, *, expected: str, held: bool, advice: str = "", within: float = math.inf) -> Case:
        """Return what this exchange proves; `within` are the seconds that the answer may take."""
        verdict, late = timely(held, self.seconds, within)
        actual = f"{self.description} after {self.seconds:.2f} s" if late else self.description
        return Case(title, verdict, expected, actual, self.curl, "" if held else advice, late=late)

    def answers(self, title: str, *statuses: int, advice: str = "") -> Case:
        """Return a case that holds when the answer has one of these statuses."""
        expected = " or ".join(map(str, statuses))
        return self.case(title, expected=expected, held=self.status in statuses, advice=advice)


def _for_printf(text: str) -> str:
    """Return the text for `printf %b`: in octal what no shell can hold, such as NUL and bytes that are no UTF-8."""
    return "".join(
        char.replace("\\", "\\\\") if char.isprintable()
        else "".join(f"\\0{byte:03o}" for byte in char.encode(errors="surrogateescape"))
        for char in text
    )  # fmt: skip


def secrets_in(exchange: Exchange) -> Iterator[str]:
    """Give what is secret in a request and its answer: words of the length and the characters of tokens."""
    texts = [value for name, value in exchange.sent.items() if name.lower() in {"authorization", "cookie"}]
    texts.append(exchange.headers.get("set-cookie", ""))
    for body in (exchange.content, exchange.body):
        texts += [found.decode(errors="replace") for found in SECRET_MEMBER.findall(body)]
    for text in texts:
        yield from SECRET.findall(text)


class Client:
    """Sends requests to one backend; several threads may use it at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.secrets: set[str] = set()
        """Every password, token and cookie that went to and fro: none of them may be in a log."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.Client(base_url=url, timeout=30.0, limits=limits, follow_redirects=False, trust_env=False)

    def ask(
        self,
        actor: Actor,
        method: str,
        path: str,
        *,
        json_body: object = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Return the answer to one request; httpx.HTTPError tells of a connection that broke."""
        sent = {"x-forwarded-for": actor.address} if actor.address else {}
        if actor.token:
            sent["authorization"] = f"Bearer {actor.token}"
        if json_body is not None:
            content = json.dumps(json_body).encode()
            sent["content-type"] = "application/json"
        sent |= headers or {}
        answer = self._http.request(method, path, content=content or None, headers=sent)
        found = {name.lower(): value for name, value in answer.headers.items()}
        seconds = answer.elapsed.total_seconds()
        seen = Exchange(actor, method, path, sent, content, answer.status_code, found, answer.content, seconds)
        self.secrets.update(secrets_in(seen))
        return seen

    def close(self) -> None:
        """Close every connection."""
        self._http.close()
