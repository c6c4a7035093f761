"""What the bookings example promises: of twenty who book the same hour of a room at once, one gets it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import asyncpg
import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.proof import Lab, read_subject

pytestmark = pytest.mark.slow


def test_of_twenty_at_once_one_books(built: Callable[[str], Path], server: EmbeddedServer) -> None:
    with Lab(read_subject(built("bookings")), print, server) as lab:
        backend = lab.backend
        people = [backend.person("customer") for _ in range(4)]
        body = backend.rows.body("booking", people[0].id)
        before = backend.rows.count("bookings")
        with ThreadPoolExecutor(20) as pool:
            sent = [
                pool.submit(backend.client.ask, people[number % 4], "POST", "/v1/bookings", json_body=body)
                for number in range(20)
            ]
        assert Counter(each.result().status for each in sent) == {201: 1, 409: 19}
        assert backend.rows.count("bookings") == before + 1


DAYS, AT_ONCE = 23, 8
BOOK = """
INSERT INTO bookings (opening_id, room_id, customer_id, starts_at, ends_at, price_per_hour)
SELECT opening_id, room_id, customer_id, ends_at + $2 * interval '1 day', ends_at + $2 * interval '25 hours', 1
FROM bookings WHERE id = $1::text::uuid
"""


def test_nobody_who_books_at_once_ends_in_a_deadlock(built: Callable[[str], Path], server: EmbeddedServer) -> None:
    with Lab(read_subject(built("bookings")), print, server) as lab, ExitStack() as stack:
        backend, barrier = lab.backend, Barrier(AT_ONCE)
        booked = backend.rows.make("booking", backend.person("customer").id)
        url = backend.place.environment["DATABASE_URL"]
        sessions = [stack.enter_context(Session(url)) for _ in range(AT_ONCE)]

        def book(session: Session) -> Counter[str]:
            actual: Counter[str] = Counter()
            for day in range(1, DAYS + 1):
                barrier.wait()
                try:
                    session.run(BOOK, booked, day)
                    actual["booked"] += 1
                except asyncpg.PostgresError as error:
                    actual[type(error).__name__] += 1
            return actual

        with ThreadPoolExecutor(AT_ONCE) as pool:
            actual = sum(pool.map(book, sessions), Counter[str]())
    assert actual == {"booked": DAYS, "ExclusionViolationError": DAYS * (AT_ONCE - 1)}
