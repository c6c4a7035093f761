"""Tokens as cookies, for browsers, and the check that a request came from our own pages.

Browsers keep `__Host-` cookies only when they are Secure, have no Domain and Path=/: no other host, not even a
subdomain, can set or read them. They come along by themselves, so whatever changes state must show its origin.
"""

from fastapi import Request, Response

from app.auth.schemas import Tokens
from app.errors import Forbidden
from app.settings import Settings

ACCESS_COOKIE = "__Host-access"
REFRESH_COOKIE = "__Host-refresh"
REFRESH_LIFETIME = 30 * 24 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def set_cookies(response: Response, tokens: Tokens) -> Response:
    """Return the response, which now hands the tokens to the browser and to none of its scripts."""
    _set(response, ACCESS_COOKIE, tokens.access_token, tokens.expires_in)
    _set(response, REFRESH_COOKIE, tokens.refresh_token, REFRESH_LIFETIME)
    return response


def clear_cookies(response: Response) -> Response:
    """Return the response, which now makes the browser forget the tokens."""
    _set(response, ACCESS_COOKIE, "", 0)
    _set(response, REFRESH_COOKIE, "", 0)
    return response


def came_by_cookie(request: Request) -> bool:
    """Return whether the request's access token is the cookie's: a header comes first."""
    return "authorization" not in request.headers and ACCESS_COOKIE in request.cookies


def check_origin(request: Request, settings: Settings) -> None:
    """Raise `Forbidden` unless the request is safe, or sent by our own pages or an allowed origin."""
    if request.method in SAFE_METHODS or request.headers.get("sec-fetch-site") == "same-origin":
        return
    origin = request.headers.get("origin")
    if origin is not None and (origin in settings.allowed_origins or _is_own(origin, request, settings)):
        return
    raise Forbidden("This request did not come from an allowed origin.")


def _is_own(origin: str, request: Request, settings: Settings) -> bool:
    schemes = {"https"} if settings.production else {"https", "http"}
    return origin in {f"{scheme}://{request.headers.get('host', '')}" for scheme in schemes}


def _set(response: Response, name: str, value: str, max_age: int) -> None:
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax")
