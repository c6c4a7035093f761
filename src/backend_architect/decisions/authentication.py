"""Authentication: what a signed-in client carries from request to request.

## What it decides
Whether clients carry tokens (mobile apps, other services) or, in browsers, session cookies as well.

## Why it matters
A token that a page's script can read is a token that any injected script can take away. A browser therefore gets an
HttpOnly cookie; an app and a service have no such script and no cookie jar, and carry a short-lived token.

## Example
`clients: [web, mobile]`: the app sends `Authorization: Bearer …` and refreshes it; the web page holds a cookie with
`HttpOnly; Secure; SameSite=Lax`, and unsafe methods from another site are refused.

## Alternatives
- `tokens`: short-lived access tokens, rotated refresh tokens, revocation.
- `tokens-and-cookies`: the same, in a session cookie for browsers.
- `none`: nobody signs in.

## When it is wrong
When sessions must end everywhere within a second, each request has to ask the database whatever it carries: with tokens
other processes hear of an end within moments, but for up to 4 s not where their line to the database has fallen silent.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, FlipsWhen, Question, crossing
from backend_architect.design.model import Design

QUESTION = Question(
    slug="authentication",
    title="Authentication",
    asks="What does a signed-in client carry from request to request?",
    answers={
        "tokens": "short-lived tokens with rotated refresh tokens",
        "tokens-and-cookies": "tokens for apps and services, session cookies for browsers",
        "none": "nobody signs in",
    },
    files={
        "tokens": ("app/auth/tokens.py", "app/auth/caller.py", "app/auth/sessions.py", "app/auth/revocations.py"),
        "tokens-and-cookies": (
            "app/auth/tokens.py",
            "app/auth/caller.py",
            "app/auth/sessions.py",
            "app/auth/cookies.py",
        ),
        "none": (),
    },
    pinnable=("tokens", "tokens-and-cookies"),
)


def browser_clients(design: Design) -> int:
    """Return how many kinds of client are browsers."""
    return sum(client == "web" for client in design.clients)


def decide_authentication(design: Design) -> Draft:
    """Return tokens, with cookies beside them where a browser is among the clients."""
    browsers, accounts = browser_clients(design), int(design.auth is not None)
    with_accounts = "tokens-and-cookies" if browsers >= thresholds.BROWSER_CLIENTS.value else "tokens"
    others = [c for c in design.clients if c != "web"]
    return Draft(
        answer=with_accounts if accounts else "none",
        because=(
            DecisionFact(
                "kinds of client that are browsers",
                browsers,
                "kinds",
                "A browser is among the clients: its scripts must not be able to read what signs it in."
                if browsers
                else "No browser is among the clients: nothing needs a cookie or protection from forged form posts.",
            ),
            DecisionFact(
                "other kinds of client",
                ", ".join(others) or "none",
                "",
                f"{' and '.join(others).capitalize() or 'No client'} would carry a token in a header.",
            ),
            DecisionFact(
                "cost of checking a token",
                0.4,
                "µs",
                "A verified token is remembered until it expires: 0.4 µs in place of 68 to 240 µs (measured).",
            ),
        ),
        verdicts={
            "tokens": "scripts in the browser could read the token, and an injected script could send it away."
            if browsers
            else "nobody signs in: the design has no `auth`.",
            "tokens-and-cookies": "no client is a browser."
            if accounts
            else "nobody signs in: the design has no `auth`.",
            "none": f"{design.load.users:,} users sign in as `{design.auth.account if design.auth else ''}`.",
        },
        flips_when=_flips(with_accounts, accounts, browsers),
    )


def _flips(with_accounts: str, accounts: int, browsers: int) -> tuple[FlipsWhen, ...]:
    signs_in = crossing(thresholds.ACCOUNTS.name, accounts, thresholds.ACCOUNTS, below="none", above=with_accounts)
    if not accounts:
        return (signs_in,)
    limit = thresholds.BROWSER_CLIENTS
    return (crossing(limit.name, browsers, limit, below="tokens", above="tokens-and-cookies"), signs_in)
