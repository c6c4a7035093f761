"""Transport security: HTTPS everywhere, and what browsers are told about it.

## What it decides
Who ends TLS, and which headers and cookie flags make sure that nothing is ever sent in the clear.

## Why it matters
A password, a token or a cookie that crosses one network in the clear is no longer a secret. A browser needs to be told
to refuse plain HTTP from then on (HSTS); other clients do not read that header.

## Example
The proxy in front ends TLS, and redirects or refuses plain HTTP; it speaks plain HTTP to the application, which answers
whoever reaches it: only the proxy may (`compose.yaml` publishes the port on 127.0.0.1 alone). The application sends
`Strict-Transport-Security` with every answer, and marks cookies `Secure`.

## Alternatives
- `https`: TLS at the proxy, which lets no plain HTTP in.
- `https-and-hsts`: the same, with HSTS and Secure cookies for browsers.
- `mutual-tls`: clients prove themselves by certificate too.

## When it is wrong
When the network between proxy and application is not one's own: TLS has to reach the process.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.authentication import browser_clients
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.design.model import Design

FILES = ("app/core/middleware.py", "compose.yaml")
QUESTION = Question(
    slug="transport-security",
    title="Transport security",
    asks="How is everything on the wire protected?",
    answers={
        "https": "TLS at the proxy, which lets no plain HTTP in",
        "https-and-hsts": "TLS at the proxy, which lets no plain HTTP in; HSTS and Secure cookies",
        "mutual-tls": "certificates on both sides",
    },
    files={"https": FILES, "https-and-hsts": FILES, "mutual-tls": ()},
)


def decide_transport_security(design: Design) -> Draft:
    """Return HTTPS, with HSTS where a browser is among the clients."""
    browsers, limit = browser_clients(design), thresholds.BROWSER_CLIENTS
    clients = ", ".join(design.clients)
    return Draft(
        answer="https-and-hsts" if browsers >= limit.value else "https",
        because=(
            DecisionFact(
                "kinds of client that are browsers",
                browsers,
                "kinds",
                f"Clients are {clients}: "
                + (
                    "a browser follows HSTS and keeps Secure cookies."
                    if browsers
                    else "none of them is a browser that reads HSTS."
                ),
            ),
            DecisionFact(
                "requests",
                design.load.reads + design.load.writes,
                "/s",
                f"{design.load.reads + design.load.writes:,.0f} requests/s carry credentials; TLS ends at the proxy "
                "in front, which keeps connections open and spares the application the handshakes. The proxy has to "
                "redirect or refuse plain HTTP: the application behind it answers whoever reaches it.",
            ),
        ),
        verdicts={
            "https": "a browser would follow one plain link into the clear.",
            "https-and-hsts": f"HSTS is read by browsers alone, and the clients are {clients}.",
            "mutual-tls": f"certificates would have to be given to, and renewed on, every client ({clients}).",
        },
        flips_when=(crossing(limit.name, browsers, limit, below="https", above="https-and-hsts"),),
    )
