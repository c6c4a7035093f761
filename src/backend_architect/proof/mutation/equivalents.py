"""Weakenings that change nothing that anybody could meet, each with its reason: they are left out of the score."""

import re
from typing import NamedTuple

from backend_architect.proof.mutation.weakening import Weakening


class Equivalent(NamedTuple):
    """What a weakening is like (its kind, its file, its words), and why it changes nothing."""

    kind: str
    file: str
    what: str
    why: str


EQUIVALENTS = (
    Equivalent("session-condition", r"accounts\.py", r"FIND without AND a\.password_hash IS NOT NULL",
               "an account without a password matches none: the check of the password says so itself"),
    Equivalent("half-condition", r"sign_in\.py", r"account is None or not matches without account is None",
               "no password matches an account that is not there: `matches` is false for it"),
    Equivalent("caller", r"auth/routes\.py", r"^password for anybody",
               "the account of somebody without an id is not found, which is the same 401"),
    Equivalent("caller", r"auth/routes\.py", r"^read_me for anybody",
               "the account of somebody without an id is not found, which is the same 401"),
    Equivalent("any-choice", r"queries\.py", r"^SEARCH: .*querytree|^SEARCH: _tsquery\('simple', :q\)\) = 'T'",
               "it says how a search is done, by the index or row by row, and not what it finds: `prove plans` looks"),
    Equivalent("limit", r"files\.py", r"Field\(max_length=100\)",
               "whatever is longer is none of the content types that a field takes: 422 all the same"),
    Equivalent("role", r"app/companies/queries\.py", r"^of_person: me\.has",
               "the list goes through memberships that the caller may read, and whoever may read one is a member of "
               "its company: the other half of `member or operator` holds for each of its rows"),
    Equivalent("rule-of-list", r"app/people/queries\.py", r"^(APPLICANTS|MEMBERS)_OF_COMPANY without AND \{READABLE\}",
               "the list goes through edges that the caller may read, which is what makes a person an applicant or a "
               "colleague: the read rule of the person asks for just that edge"),
    Equivalent("role", r"app/order_lines/queries\.py", r"^create: me\.has",
               "the rule of the creation asks that the product is on sale, so that everybody sees it in the answer"),
)  # fmt: skip


def why_equivalent(found: Weakening) -> str:
    """Return why a weakening changes nothing, '' where it does."""
    for each in EQUIVALENTS:
        if (
            re.fullmatch(each.kind, found.kind)
            and re.search(each.file, found.file)
            and re.search(each.what, found.what)
        ):
            return each.why
    return ""
