"""What the bookings example promises: of twenty who book the same hour of a room at once, one gets it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Lab, read_subject


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
