"""Sign-in: passwords, accounts at Google, GitHub or another provider of OpenID Connect, or both.

## What it decides
How people prove who they are. The design says it (`auth: {sign_in: […]}`); this page says what follows.

## Why it matters
A password has to be hashed, reset and guarded against guessing. An identity provider takes that away, and adds a
registration, a secret and a redirect that must be checked (state, nonce, PKCE).

## Example
`sign_in: [password, google]`: whoever has a password links Google from inside their account, and somebody new whose
address Google has verified gets an account without a password. An address alone never opens an account.

## Alternatives
- `password`: hashed here.
- `password-and-providers`: both, linked by who is signed in, never by an address.
- `providers`: no password is ever stored.
- `none`: nobody signs in.

## When it is wrong
When all users belong to companies with their own directories, they expect their company's sign-in.
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.decision import DecisionFact, Draft, FlipsWhen, Question, crossing
from backend_architect.design.model import Design

FILES = ("app/auth/routes.py", "app/auth/sign_in.py", "app/auth/passwords.py")
PROVIDERS = ("app/auth/providers/linking.py", "app/auth/providers/openid.py", "app/auth/providers/routes.py")
QUESTION = Question(
    slug="sign-in",
    title="Sign-in",
    asks="How do people prove who they are?",
    answers={
        "password": "a password, hashed here",
        "password-and-providers": "a password, or an identity provider",
        "providers": "identity providers only",
        "none": "nobody signs in",
    },
    files={
        "password": FILES,
        "password-and-providers": (*FILES, *PROVIDERS),
        "providers": ("app/auth/routes.py", *PROVIDERS),
        "none": (),
    },
    pinnable=("password",),
)


def password_ways(design: Design) -> int:
    """Return how many ways to sign in use a password: 1 or 0."""
    return int(design.auth is not None and "password" in design.auth.sign_in)


def decide_sign_in(design: Design) -> Draft:
    """Return what the design's `auth` asks for, in one word."""
    named, passwords = design.providers, password_ways(design)
    answer = _answer(len(named), passwords)
    listed = ", ".join(design.auth.sign_in) if design.auth else "nothing"
    return Draft(
        answer=answer,
        because=(
            DecisionFact("ways to sign in", listed, "", f"The design asks for {listed}."),
            DecisionFact(
                "identity providers",
                len(named),
                "providers",
                f"Each of {len(named)} providers is one registration and one secret to rotate."
                if named
                else "No provider: no registration, no secret and no redirect to guard.",
            ),
        ),
        verdicts={
            alternative: f"the design's `auth` asks for {listed}."
            for alternative in QUESTION.answers
            if alternative != answer
        },
        flips_when=_flips(len(named), passwords),
    )


def _answer(named: int, passwords: int) -> str:
    if named:
        return "password-and-providers" if passwords else "providers"
    return "password" if passwords else "none"


def _flips(named: int, passwords: int) -> tuple[FlipsWhen, ...]:
    below, above = _answer(0, passwords), _answer(1, passwords)
    without, with_password = _answer(named, 0), _answer(named, 1)
    limit, ways = thresholds.PROVIDERS, thresholds.PASSWORD_WAYS
    return (
        crossing(limit.name, named, limit, below=below, above=above),
        crossing(ways.name, passwords, ways, below=without, above=with_password),
    )
