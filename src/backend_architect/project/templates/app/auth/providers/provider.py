"""What every provider has in common: who somebody is there, what can go wrong, and bounded HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from app.auth.providers.sealed import Attempt
from app.core.errors import Malformed, Problem, Unauthorized, Unavailable

log = logging.getLogger("app.auth.providers")

PATIENCE = 8.0  # seconds that all calls of one sign-in may take together
LARGEST = 256 * 1024  # bytes of one answer


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: `issuer` and `subject` stay for ever; `email` is None unless the provider has verified it."""

    provider: str
    issuer: str
    subject: str
    email: str | None
    name: str | None


class Provider(Protocol):
    """An identity provider, as it is configured."""

    title: str

    async def authorization_url(self, attempt: Attempt) -> str:
        """Return where a browser goes to sign in."""

    async def identity(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        """Return who signed in; `issuer` is what the redirect says about who sent it (RFC 9207)."""


class NotStarted(Problem):
    status, slug, title = 400, "sign-in-not-started", "This sign-in was not started here, or is over: start again"


class Refused(Malformed):
    slug, title = "provider-refused", "The provider did not confirm this sign-in: start again"


class NotProven(Unauthorized):
    slug, title = "identity-not-proven", "The provider's answer does not prove who you are: start again"


class ProviderUnavailable(Unavailable):
    slug, title = "provider-unavailable", "The provider does not answer; try again, or sign in another way"


class Connections(httpx2.AsyncBaseTransport):
    """Connections to the providers, kept while the process runs; an answer is read up to `LARGEST` bytes.

    The clients that Authlib makes for one sign-in each share them, so that closing a client closes nothing here.
    """

    def __init__(self) -> None:
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would tell of every request
        self._kept = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=20, max_keepalive_connections=5))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer, whole."""
        request.headers["accept-encoding"] = "identity"
        answer = await self._kept.handle_async_request(request)
        try:
            body = await _bounded(answer)
        finally:
            await answer.aclose()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=body)

    async def close(self) -> None:
        """Close them all, at the end of the process."""
        await self._kept.aclose()


async def _bounded(answer: httpx2.Response) -> bytes:
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("the answer is compressed, which nobody asked for")
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > LARGEST:
            raise httpx2.DecodingError(f"the answer has more than {LARGEST} bytes")
    return bytes(body)


@asynccontextmanager
async def asking(title: str) -> AsyncIterator[None]:
    """Bound how long a provider may take, and turn whatever goes wrong with it into a problem."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except OAuthError as error:
        log.warning("%s refused: %.200r", title, error.error)
        if error.error in {"invalid_client", "unauthorized_client"}:  # our own settings are wrong
            raise ProviderUnavailable(retry_after=30) from None
        raise Refused(f"{title} did not accept this sign-in: start again.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, KeyError, TypeError) as error:
        log.warning("%s gave no good answer: %s: %.200s", title, type(error).__name__, error)
        raise ProviderUnavailable(f"{title} does not answer as it should; try again, or sign in another way.") from None


async def read_json(client: AsyncOAuth2Client, url: str, **more: Any) -> Any:
    """Return what the provider answers to GET; raise for anything but 200 and JSON."""
    answer = await client.request("GET", url, **more)
    if answer.status_code != 200:
        raise httpx2.DecodingError(f"{url} answered {answer.status_code}")
    return answer.json()


def check_issuer(told: str | None, expected: str, *, always_told: bool = False) -> None:
    """Raise unless the redirect came from the provider that was asked (RFC 9207): no two are mixed up."""
    if told != expected and (told is not None or always_told):
        raise Refused("The answer came from another provider than the one that was asked: start again.")
