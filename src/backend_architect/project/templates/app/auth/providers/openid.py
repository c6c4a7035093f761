"""Providers that speak OpenID Connect, found by discovery: who signed in is in an ID token, signed by the provider."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from app.auth.providers.provider import (
    Connections,
    Identity,
    NotProven,
    asking,
    check_issuer,
    log,
    read_json,
)
from app.auth.providers.sealed import Attempt

SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "PS256", "ES256"]  # of public keys alone: a token signed with the client's secret is refused
LEEWAY = 60  # seconds that clocks may differ
KEPT = 3600  # seconds that what a provider says about itself is kept
BETWEEN = 30  # seconds from one look for a new key to the next


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says about itself (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    tells_issuer: bool


class OpenIdProvider:
    """A provider, by its issuer."""

    def __init__(
        self, name: str, title: str, issuer: str, client: tuple[str, str], connections: Connections
    ) -> None:
        self.name, self.title, self.issuer = name, title, issuer
        self._client_id, self._client_secret = client
        self._basic = httpx2.BasicAuth(*map(quote_plus, client))  # RFC 6749 2.3.1; Authlib's own does not encode
        self._connections = connections
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def authorization_url(self, attempt: Attempt) -> str:
        """Return where a browser goes to sign in."""
        async with asking(self.title), self._client() as client:
            endpoint = (await self._about(client)).authorization_endpoint
            more = {"redirect_uri": attempt.redirect_uri, "nonce": attempt.nonce}
            url, _ = client.create_authorization_url(
                endpoint, state=attempt.state, code_verifier=attempt.verifier, **more
            )
            return str(url)

    async def identity(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        """Return who signed in; nothing that the ID token does not prove is believed."""
        async with asking(self.title), self._client() as client:
            about = await self._about(client)
            check_issuer(issuer, self.issuer, always_told=about.tells_issuer)
            token = await client.fetch_token(
                about.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                redirect_uri=attempt.redirect_uri,
                auth=self._basic,
            )
            claims = await self._proven(client, about, token, attempt.nonce)
            if "email" not in claims and about.userinfo_endpoint:
                claims = {**await self._userinfo(client, about.userinfo_endpoint, claims["sub"]), **claims}
        verified = claims.get("email") if claims.get("email_verified") is True else None
        name = claims.get("name")
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=claims["sub"],
            email=verified if isinstance(verified, str) else None,
            name=name if isinstance(name, str) else None,
        )

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._client_id,
            self._client_secret,
            scope=SCOPE,
            code_challenge_method="S256",
            transport=self._connections,
            timeout=5.0,
        )

    async def _about(self, client: AsyncOAuth2Client) -> Metadata:
        async with self._one_at_a_time:
            if self._metadata is None or monotonic() - self._metadata[0] > KEPT:
                url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = _metadata(await read_json(client, url, withhold_token=True), self.issuer)
                self._metadata = monotonic(), found
            return self._metadata[1]

    async def _proven(
        self, client: AsyncOAuth2Client, about: Metadata, token: dict[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return the claims of the ID token, once its signature, issuer, audience, time and nonce are right."""
        decoded = _decoded(token, await self._key_set(client, about.jwks_uri))
        if decoded is None:  # the provider may have changed its keys
            decoded = _decoded(token, await self._key_set(client, about.jwks_uri, newer_than=BETWEEN))
        if decoded is None:
            raise NotProven
        options = {"iss": _exactly(self.issuer), "aud": _exactly(self._client_id)}
        params = {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")}
        with proving():
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=LEEWAY)
            if not isinstance(claims["sub"], str) or not claims["sub"]:
                raise NotProven
            return dict(claims)

    async def _key_set(self, client: AsyncOAuth2Client, url: str, newer_than: float = KEPT) -> KeySet:
        async with self._one_at_a_time:
            if self._keys is None or monotonic() - self._keys[0] > newer_than:
                found = await read_json(client, url, withhold_token=True)
                try:
                    self._keys = monotonic(), KeySet.import_key_set(found)
                except JoseError as error:
                    raise ValueError("these are no keys") from error
            return self._keys[1]

    async def _userinfo(self, client: AsyncOAuth2Client, url: str, subject: str) -> dict[str, Any]:
        """Return what the provider tells besides, if it is about the same person."""
        found = await read_json(client, url)
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise NotProven
        return found


def _exactly(value: str) -> dict[str, Any]:
    return {"essential": True, "value": value}


def _decoded(token: dict[str, Any], keys: KeySet) -> jwt.Token | None:
    """Return the ID token with its signature verified, or None where it names a key that is not here."""
    with proving():
        try:
            return jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            return None


@contextmanager
def proving() -> Iterator[None]:
    """Refuse an ID token for whatever is wrong with it; why is in the log alone."""
    try:
        yield
    except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
        log.warning("an ID token is not valid: %s: %.200s", type(error).__name__, error)
        raise NotProven from None


def _metadata(found: Any, issuer: str) -> Metadata:
    """Return what a provider says about itself; raise ValueError where that is not to be trusted."""
    if found["issuer"] != issuer:
        raise ValueError("the discovery document is another issuer's")
    about = Metadata(
        found["authorization_endpoint"],
        found["token_endpoint"],
        found["jwks_uri"],
        found.get("userinfo_endpoint"),
        tells_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )
    for address in (about.authorization_endpoint, about.token_endpoint, about.jwks_uri, about.userinfo_endpoint):
        if address is not None and urlsplit(address).scheme not in {"https", urlsplit(issuer).scheme}:
            raise ValueError("an endpoint is not https")
    return about
