"""Who sends many requests without being stopped by the limits, and what counts as a refusal."""

from collections.abc import Iterator
from itertools import repeat

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange


def insiders(backend: Backend, turns: int) -> Iterator[Actor]:
    """Give somebody with every role, and after so many turns somebody new, before a limit is reached."""
    while True:
        yield from repeat(backend.insider(), turns)


def is_refused(answer: Exchange) -> bool:
    """Return whether a request was refused for what it said: not for who sent it, and not for being one too many."""
    return 400 <= answer.status < 500 and answer.status not in {401, 403, 429}
