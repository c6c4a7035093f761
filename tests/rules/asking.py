"""Requests in one line, for tests of what rules let through."""

from typing import Any

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange


def ask(backend: Backend, actor: Actor, line: str, body: object = None, **headers: str) -> Exchange:
    """Return the answer to `POST /v1/things`."""
    method, path = line.split()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return backend.client.ask(actor, method, path, json_body=body, headers=named)


def status(backend: Backend, actor: Actor, line: str, body: object = None, **headers: str) -> int:
    """Return the status of the answer."""
    return ask(backend, actor, line, body, **headers).status


def made(backend: Backend, actor: Actor, line: str, body: object) -> str:
    """Return the id of what a creation made."""
    answer = ask(backend, actor, line, body)
    assert answer.status == 201, answer.description
    return str(answer.field("id"))


def seen(backend: Backend, actor: Actor, path: str) -> Any:
    """Return what a read answers, as JSON."""
    answer = ask(backend, actor, f"GET {path}")
    assert answer.status == 200, answer.description
    return answer.json()


def listed(backend: Backend, actor: Actor, path: str) -> list[str]:
    """Return the ids that a list answers."""
    return [item["id"] for item in seen(backend, actor, path)["items"]]
