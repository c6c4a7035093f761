"""Requests of several people in the same moment, and whether the database had to break a deadlock meanwhile."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.routes import Request

SentBy = tuple[Request, Actor]
DEADLOCK_TIMEOUT = 0.9  # PostgreSQL looks for one after a second
STATISTICS_DELAY = 1.5  # a process tells the statistics what it met after a second at the latest
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def at_once(backend: Backend, requests: Sequence[SentBy]) -> list[Exchange]:
    """Return the answers to all of these requests, sent at once, in their order."""
    with ThreadPoolExecutor(max(1, len(requests))) as pool:
        return list(pool.map(lambda each: each[0].send(backend, each[1]), requests))


def deadlocks(backend: Backend) -> int:
    """Return how many deadlocks the database has broken so far."""
    return int(backend.database.value(DEADLOCKS))


def new_deadlocks(backend: Backend, before: int, answers: Sequence[Exchange]) -> int:
    """Return how many it broke since; where all answers were quick, there was none."""
    if max((answer.seconds for answer in answers), default=0.0) < DEADLOCK_TIMEOUT:
        return 0
    time.sleep(STATISTICS_DELAY)
    return deadlocks(backend) - before


def statuses(answers: Sequence[Exchange]) -> str:
    """Return how many answers had each status."""
    found = sorted({answer.status for answer in answers})
    return ", ".join(f"{sum(answer.status == status for answer in answers)} x {status}" for status in found)
