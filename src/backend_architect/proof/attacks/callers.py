"""Who sends many requests without being stopped by the limits, and what counts as a refusal."""

from collections.abc import Iterator
from itertools import repeat

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange

TURNS = 100


def insiders(backend: Backend) -> Iterator[Actor]:
    """Give somebody with every role again and again, and somebody new before a limit is reached."""
    while True:
        yield from repeat(backend.insider(), TURNS)


def is_refused(answer: Exchange) -> bool:
    """Return whether a request was refused for what it said: not for who sent it, and not for being one too many."""
    return 400 <= answer.status < 500 and answer.status not in {401, 403, 429}
