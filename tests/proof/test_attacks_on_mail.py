"""M01 and M02 hold on a project that mails its accounts, and each fails on a copy weakened in just that point."""

import pytest

from tests.proof.conftest import AssertFound, AssertHolds
from tests.proof.weakness import Weakness

FOLDER = "app/auth/mail"
LETTERS, ROUTES, SENDING = f"{FOLDER}/letters.py", f"{FOLDER}/routes.py", f"{FOLDER}/send_mail.py"
PROBES = ["M01", "M02", "P18-P19", "P31", "P32", "P81", "declared", "P44", "P45"]
LOOKED = (
    "WHERE l.secret = :secret AND l.kind = ANY(:kinds) AND l.expires_at > now() AND l.about = auth_account_state(a)"
)
USED = "WHERE l.secret = :secret AND a.user_id = l.user_id AND l.expires_at > now() AND l.about = auth_account_state(a)"
DELETED = "DELETE /* auth.use_link */ FROM auth_letters l USING auth_accounts a"
CHECK = "        await require_password(request, link.user_id, link.password_hash, data.password)\n"

WEAKNESSES = (
    Weakness("a link works again", "M01", (
        (LETTERS, DELETED, "UPDATE auth_letters l SET kind = l.kind FROM auth_accounts a"),
        (LETTERS, " AND l.about = auth_account_state(a)\nRETURNING", "\nRETURNING"),
        (LETTERS, LOOKED, LOOKED.replace(" AND l.about = auth_account_state(a)", "")),
    )),
    Weakness("a link that was sent before the change", "M01", (
        (LETTERS, LOOKED, LOOKED.replace(" AND l.about = auth_account_state(a)", "")),
        (LETTERS, USED, USED.replace(" AND l.about = auth_account_state(a)", "")),
    )),
    Weakness("a link for ever", "M01", (
        (LETTERS, LOOKED, LOOKED.replace(" AND l.expires_at > now()", "")),
        (LETTERS, USED, USED.replace(" AND l.expires_at > now()", "")),
    )),
    Weakness("any kind of link", "M01", ((LETTERS, LOOKED, LOOKED.replace("l.kind = ANY(:kinds)", ":kinds::text[] <> '{}'")),)),  # noqa: E501
    Weakness("the secret itself is stored", "M01", (
        (LETTERS, "return sha256(secret.encode()).digest()", "return secret.encode()"),
        ("migrations/0005_letters.sql", "    secret bytea UNIQUE,", "    secret bytea UNIQUE, plain text GENERATED ALWAYS AS (encode(secret, 'escape')) STORED,"),  # noqa: E501
    )),
    Weakness("a new password leaves old sessions alone", "M01", (
        (ROUTES, "        await sessions.end_sessions(request, tx, user=link.user_id)\n", ""),
    )),
    Weakness("letters without end", "M01", ((ROUTES, 'Limit("letters", 5,', 'Limit("letters", 500,'),)),
    Weakness("who has the link confirms an account of somebody else", "M02", ((ROUTES, CHECK, "        pass\n"),)),
    Weakness("the unconfirmed write", "M02", (("app/auth/caller.py", 'caller.has("unconfirmed") and', "False and"),)),
    Weakness("a stranger keeps the session", "M02", (
        (ROUTES, "        await sessions.end_sessions(request, tx, user=link.user_id)\n", ""),
    )),
    Weakness("an unknown address is told", "P32", (
        (ROUTES, '    """Send a link for another password; the answer does not tell whether the address has an account."""\n', '    """Send a link."""\n    if await accounts.find(db, data.email) is None:\n        raise letters.LinkNotValid\n'),  # noqa: E501
    )),
)  # fmt: skip


def test_a_strong_project_holds(assert_holds: AssertHolds) -> None:
    assert_holds("mail", PROBES)


@pytest.mark.slow
@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: f"{weakness.probe} {weakness.what}")
def test_a_weakness_is_found(weakness: Weakness, assert_found: AssertFound) -> None:
    assert_found(weakness._replace(example="mail"))
