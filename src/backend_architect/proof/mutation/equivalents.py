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
    Equivalent("check", r"migrations/", r"char_length|BETWEEN|CHECK \(\w+ IN \(|cardinality|>= \d+ AND \w+ <= \d+",
               "the model of the input refuses the same values before any statement runs"),
    Equivalent("session-condition", r"accounts\.py", r"FIND without AND a\.password_hash IS NOT NULL",
               "an account without a password matches none: the check of the password says so itself"),
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
