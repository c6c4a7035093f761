"""What the tests of letters share: a mail server on this machine, and the links in what it got."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.auth.mail.send_mail import send_mail
from app.core.database import Database
from app.core.settings import Settings

WAITING = "SELECT id FROM auth_letters WHERE secret IS NULL ORDER BY id"
LINK = re.compile(r"https://app\.example/([\w-]+)#token=([\w-]+)\s")


@dataclass
class Mailbox:
    """Takes every letter, or answers each recipient with `refusal`."""

    letters: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        assert envelope.rcpt_tos == [letter["To"]]
        self.letters.append(letter)
        return "250 OK"

    def last(self) -> tuple[str, str, str]:
        """Return the recipient, the subject and the plain text of the last letter."""
        body = self.letters[-1].get_body(("plain",))
        assert isinstance(body, EmailMessage)
        return self.letters[-1]["To"], self.letters[-1]["Subject"], body.get_content()

    def token(self, page: str) -> str:
        """Return the secret in the last letter's link to a page."""
        match = LINK.search(self.last()[2])
        assert match is not None
        assert match[1] == page
        return match[2]


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server got."""
    return Mailbox()


@pytest.fixture
def smtp_url(mailbox: Mailbox) -> Iterator[str]:
    """A mail server that speaks SMTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    yield f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def settings(settings: Settings, smtp_url: str) -> Settings:
    """The settings that lead to this mail server."""
    sender = "Sharing <no-reply@mail.example>"
    return settings.model_copy(update={"smtp_url": smtp_url, "web_url": "https://app.example", "mail_from": sender})


async def deliver(db: Database) -> None:
    """Send what waits, as the worker does."""
    for row in await db.fetch(WAITING):
        await send_mail(db, row["id"])
