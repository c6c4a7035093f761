"""Passwords: which are good enough, and argon2id off the event loop.

Each hash takes about 33 ms and 19 MiB (the parameters are OWASP's), so the threads and the callers who wait for one
are bounded: past that the answer is 503 at once, instead of a queue that drowns everybody else.
"""

import os
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Unavailable

MIN_LENGTH = 8
MAX_LENGTH = 128
THREADS = min(4, os.cpu_count() or 1)
WAITING = 32
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

T = TypeVar("T")

_COMMON = frozenset(files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8").splitlines())


def weakness(password: str, personal: Iterable[str]) -> str | None:
    """Return what is wrong with a new password, or None; `personal` is what everybody knows of its owner."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters."
    plain = password.casefold()
    if plain in _COMMON:
        return "This password is one of the most common ones."
    if plain in {text.casefold() for text in personal}:
        return "A password cannot be the e-mail address or a public name."
    return None


class Passwords:
    """Hashes and verifies passwords, a few at a time."""

    def __init__(self) -> None:
        self._nobody = HASHER.hash(secrets.token_urlsafe())
        self._threads = CapacityLimiter(THREADS)
        self._asked = 0

    async def hash(self, password: str) -> str:
        """Return the argon2id hash to store."""
        return await self._in_thread(HASHER.hash, _normal(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Return whether the password is the one that was stored.

        With None, for an account that is not there, it takes the same time and is false.
        """
        matches = await self._in_thread(self._verify, stored or self._nobody, _normal(password))
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than today's."""
        return HASHER.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[..., T], *texts: str) -> T:
        if self._asked >= THREADS + WAITING:
            raise Unavailable
        self._asked += 1
        try:
            return await to_thread.run_sync(work, *texts, limiter=self._threads)
        finally:
            self._asked -= 1


def _normal(password: str) -> str:
    """Return the same text however a keyboard composed its accents."""
    return unicodedata.normalize("NFKC", password)
