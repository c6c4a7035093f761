"""The job that sends one letter about an account. SMTP that is down is tried again for more than three hours."""

from uuid import UUID

from app.auth.mail import letters, post
from app.core.database import Database


async def send_mail(db: Database, letter_id: UUID) -> None:
    """Send the letter, or none where there is nobody to write to; raise where it has to be tried again."""
    letter = await letters.find(db, letter_id)
    if letter is None:
        return
    kind = _kind(letter)
    if kind in letters.LIFETIMES and letter.user_id is not None:
        token = await letters.issue_link(db, letter_id, letter.user_id, letters.LIFETIMES[kind])
        await post.send(db.settings, letter_id, kind, letter.email, token)
        return
    if kind is not None:
        await post.send(db.settings, letter_id, kind, letter.email)
    await letters.drop(db, letter_id)


def _kind(letter: letters.Letter) -> str | None:
    """Return which letter goes out: who has an account already is told so, who has none gets nothing."""
    match letter.kind:
        case letters.CONFIRM if letter.user_id is not None:
            return letters.CONFIRM if letter.is_unconfirmed else "already-registered"
        case letters.CHANGE if letter.is_taken:
            return "already-registered"
        case letters.CONFIRM | letters.RESET if letter.user_id is None:
            return None
    return letter.kind
