"""What follows when a provider has said who somebody is: one table, so that nobody gets into somebody else's account.

An identity is known by its issuer and subject, never by its address. An address that somebody registered with a
password was never confirmed, so that it opens no account, and whoever holds an account adds identities from inside.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Conflict, Forbidden


class Owner(StrEnum):
    """Whose an identity is, seen from the caller."""

    NOBODY = "nobody"
    CALLER = "caller"
    OTHER = "another account"


class Outcome(StrEnum):
    """What follows."""

    SIGN_IN = "sign in"
    SIGN_UP = "sign up"
    LINK = "link it to the caller's account"
    KEEP = "nothing: it is linked already"
    TAKEN = "409 identity-taken"
    LINK_FIRST = "409 link-first"
    NOT_VERIFIED = "403 address-not-verified"


@dataclass(frozen=True, slots=True)
class Case:
    """A line of the table; None where it makes no difference."""

    signed_in: bool
    owner: Owner
    verified: bool | None
    account: bool | None
    outcome: Outcome


TABLE = (
    #    signed in  the identity is  address verified by  an account has   what follows
    #    now        that of          the provider         the address
    Case(True,      Owner.NOBODY,    None,                None,            Outcome.LINK),
    Case(True,      Owner.CALLER,    None,                None,            Outcome.KEEP),
    Case(True,      Owner.OTHER,     None,                None,            Outcome.TAKEN),
    Case(False,     Owner.OTHER,     None,                None,            Outcome.SIGN_IN),
    Case(False,     Owner.NOBODY,    False,               None,            Outcome.NOT_VERIFIED),
    Case(False,     Owner.NOBODY,    True,                True,            Outcome.LINK_FIRST),
    Case(False,     Owner.NOBODY,    True,                False,           Outcome.SIGN_UP),
)  # fmt: skip


def outcome(*, signed_in: bool, owner: Owner, verified: bool, account: bool) -> Outcome:
    """Return what the table says."""
    for case in TABLE:
        fits = case.verified in {None, verified} and case.account in {None, account}
        if fits and (case.signed_in, case.owner) == (signed_in, owner):
            return case.outcome
    raise LookupError


class IdentityTaken(Conflict):
    slug, title = "identity-taken", "This identity signs in to another account: sign in with it, and unlink it there"


class LinkFirst(Conflict):
    slug = "link-first"
    title = "An account with this address is there: sign in the way you did before, then link this provider"


class AddressNotVerified(Forbidden):
    slug = "address-not-verified"
    title = "The provider has not verified your address: verify it there, or register with a password, then link"


class LastWayIn(Conflict):
    slug, title = "last-way-in", "Nothing else signs in to this account: link another provider first"


REFUSALS = {
    Outcome.TAKEN: IdentityTaken,
    Outcome.LINK_FIRST: LinkFirst,
    Outcome.NOT_VERIFIED: AddressNotVerified,
}
