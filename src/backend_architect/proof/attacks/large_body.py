"""P37: a body that is too large is refused before it has been read."""

from collections.abc import Iterator

from backend_architect.proof.attacks.sockets import send, status_of, told, verdict
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

SIZE = 20_000_000
PIECE = b" " * 65_536
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{how}\r\n\r\n"
REPEAT = (
    "head -c 20000000 /dev/zero | curl -i -H 'Content-Type: application/json' {how} --data-binary @- \"$API{path}\""
)


def large_body(lab: Lab) -> Iterator[Case]:
    """Give a case for a size that is told, and one for a body in chunks, which tells none."""
    path = "/v1/auth/sign-in" if lab.subject.design.auth else "/v1/anything"
    told_size = HEAD.format(path=path, how=f"Content-Length: {SIZE}").encode()
    in_chunks = HEAD.format(path=path, how="Transfer-Encoding: chunked").encode()
    yield _case(lab, "20 MB, told in Content-Length", [told_size, PIECE], REPEAT.format(how="", path=path))
    how = "-H 'Transfer-Encoding: chunked'"
    yield _case(lab, "20 MB in chunks", _chunks(in_chunks), REPEAT.format(how=how, path=path))


def _case(lab: Lab, title: str, pieces: "list[bytes] | Iterator[bytes]", repeat: str) -> Case:
    answer, sent = send(lab.backend.port, pieces)
    held = status_of(answer) == 413 and sent < SIZE
    came = f"{told(answer)}, after {sent:,} bytes"
    return Case(title, verdict(held), "413 before all of it was sent", came, repeat)


def _chunks(head: bytes) -> Iterator[bytes]:
    yield head
    for _ in range(SIZE // len(PIECE) + 1):
        yield b"%x\r\n%s\r\n" % (len(PIECE), PIECE)


PROBE = Probe("P37", Group.ATTACKS, "a body that is too large is refused before it has been read", large_body)
