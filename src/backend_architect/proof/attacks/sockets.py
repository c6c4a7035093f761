"""Bytes sent as they are, for requests that no HTTP library would make."""

import select
import socket
from collections.abc import Iterable

from backend_architect.proof.evidence import Verdict

WAIT_SECONDS = 5.0


def send(port: int, pieces: Iterable[bytes], patience: float = WAIT_SECONDS) -> tuple[bytes, int]:
    """Return the beginning of the answer, and how many bytes went out before it came.

    Sending ends with the first byte of an answer; without one, after `patience` seconds, the answer is empty.
    """
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        try:
            for piece in pieces:
                if select.select([connection], [], [], 0)[0]:
                    break
                connection.sendall(piece)
                sent += len(piece)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass
        try:
            return connection.recv(65_536), sent
        except (ConnectionResetError, TimeoutError):
            return b"", sent


def status_of(answer: bytes) -> int:
    """Return the status of an answer, 0 where there is none."""
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def response_text(answer: bytes) -> str:
    """Return an answer's first line and its body in a line."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first = head.split(b"\r\n")[0]
    return " ".join(f"{first.decode(errors='replace')} {body[:300].decode(errors='replace')}".split()) or "no answer"


def verdict(held: bool) -> Verdict:
    """Return whether something held."""
    return Verdict.HELD if held else Verdict.FAILED
