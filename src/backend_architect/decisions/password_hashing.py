"""Password hashing: which function, with which memory and time.

## What it decides
How a password is stored so that a stolen table is of little use.

## Why it matters
The hash must be slow for a thief with graphics cards and bearable for the server. argon2id makes memory the price,
which graphics cards have least of. Its cost is paid at sign-in only, in a bounded pool of threads, never in the event
loop.

## Example
argon2id with 19 MiB, two passes and one lane: 33 ms. 1.4 sign-ins/s keep 0.05 of a core busy.

## Alternatives
- `argon2id`: 19 MiB, 2 passes, 1 lane (OWASP's first choice).
- `bcrypt`: cuts passwords at 72 bytes, needs little memory: for old hashes only.
- `none`: no password is stored.

## When it is wrong
When a certification prescribes PBKDF2 (FIPS 140).
"""

from backend_architect.decisions import thresholds
from backend_architect.decisions.costs import COSTS, OperationKind
from backend_architect.decisions.decision import DecisionFact, Draft, Question, crossing
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.sign_in import password_ways
from backend_architect.decisions.workload import sign_ins_per_second
from backend_architect.design.model import Design

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""OWASP Password Storage Cheat Sheet: argon2id with m=19456 (19 MiB), t=2, p=1."""

QUESTION = Question(
    slug="password-hashing",
    title="Password hashing",
    asks="How are passwords stored?",
    answers={"argon2id": "argon2id, 19 MiB, 2 passes, 1 lane", "bcrypt": "bcrypt", "none": "no password is stored"},
    files={"argon2id": ("app/auth/passwords.py",), "bcrypt": ("app/auth/passwords.py",), "none": ()},
    pinnable=("argon2id", "bcrypt"),
)


def decide_password_hashing(design: Design) -> Draft:
    """Return argon2id wherever somebody signs in with a password."""
    ways, rate, limit = password_ways(design), sign_ins_per_second(design), thresholds.PASSWORD_WAYS
    cores = rate * COSTS[OperationKind.SIGN_IN].server_us / 1e6
    shown = quantity(rate, "/s")
    return Draft(
        answer="argon2id" if ways >= limit.value else "none",
        because=(
            DecisionFact(
                limit.name, ways, "ways", "People sign in with a password." if ways else "Nobody has a password here."
            ),
            DecisionFact(
                "sign-ins",
                rate,
                "/s",
                f"{design.load.users:,} users make about {shown} sign-ins at the busiest hour; at 33 ms each "
                f"that is {quantity(cores, 'cores')}.",
            ),
            DecisionFact(
                "memory of one hash",
                MEMORY_KIB * 1024,
                "bytes",
                "19 MiB a hash, one lane: the pool of threads bounds how many are held at once.",
            ),
        ),
        verdicts={
            "bcrypt": f"it cuts passwords at 72 bytes and resists graphics cards less; {quantity(cores, 'cores')} for "
            "argon2id is no reason to save."
            if ways
            else "there is no password to hash.",
            "none": "passwords are stored." if ways else "",
            "argon2id": "there is no password to hash.",
        },
        flips_when=(crossing(limit.name, ways, limit, below="none", above="argon2id"),),
        settings={"memory_kib": MEMORY_KIB, "passes": PASSES, "lanes": LANES},
    )
