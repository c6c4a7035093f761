"""A mail server on this machine that takes every letter and keeps it, so that links in it can be followed."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TOKEN = re.compile(r"/([\w-]+)#token=([\w-]+)\s")


@dataclass
class MailServer:
    """What arrived, in order; `url` is as SMTP_URL of a built project wants it."""

    url: str
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter (aiosmtpd calls this)."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.letters.append(message_from_bytes(content, _class=EmailMessage, policy=default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Return the letters to an address."""
        return [letter for letter in self.letters if str(letter["To"]).lower() == address.lower()]

    def token(self, address: str, page: str, *, number: int = 1, seconds: float = 30.0) -> str:
        """Return the secret of the `number`th link to a page that an address got; empty where none came in time."""
        until = time.monotonic() + seconds
        while True:
            links = [match for letter in self.to(address) for match in TOKEN.findall(plain_text(letter))]
            found = [token for name, token in links if name == page]
            if len(found) >= number or time.monotonic() > until:
                return found[number - 1] if len(found) >= number else ""
            time.sleep(0.05)


def plain_text(letter: EmailMessage) -> str:
    """Return the text of a letter."""
    body = letter.get_body(("plain",))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a mail server while the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = MailServer(f"smtp://127.0.0.1:{port}")
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
