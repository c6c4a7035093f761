"""P01 to P33 and P59 each fail on a copy of a project that is weakened in just that point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_architect.proof import Verdict
from tests.proof.conftest import AssertFound, Prove
from tests.proof.weakness import Weakness

pytestmark = pytest.mark.slow

TOKENS, SIGN_IN, SESSIONS = "app/auth/tokens.py", "app/auth/sign_in.py", "app/auth/sessions.py"
LIMITS = "app/core/rate_limits.py"
DECODED = "                decoded = jwt.decode(token, key, algorithms=[ALGORITHM])"
UNVERIFIED = (
    "                import json; from joserfc.jws import extract_compact; parts = extract_compact(token.encode())\n"
    "                decoded = jwt.Token(parts.headers(), json.loads(parts.payload))"
)
CHECKED = "    matches = await passwords.matches(account.password_hash if account else None, password)\n    if account is None or not matches:\n        raise Unauthorized("  # noqa: E501
RESET = '''
@router.post("/auth/forgot-password", status_code=202)
async def forgot_password(request: Request, db: Db) -> Response:
    """Start a recovery."""
    email = (await request.json())["email"]
    if await db.fetchval("SELECT true FROM auth_accounts WHERE email = $1", email) is None:
        raise Unauthorized("There is no such account.")
    return Response(status_code=202)


@router.get("/me", response_model=Me)'''

WEAKNESSES = (
    Weakness("a route forgets to ask for a caller", "P01", (
        ("app/posts/routes.py", "async def feed(db: Db, me: SignedIn,", "async def feed(db: Db, me: Viewing,"),
    )),
    Weakness("the signature is not verified", "P02", ((TOKENS, DECODED, UNVERIFIED),)),
    Weakness("the token's header says whether it is signed", "P03", (
        (TOKENS, DECODED, f"                if 'none' in str(__import__('base64').b64decode(token.split('.')[0] + '==')).lower():\n    {UNVERIFIED.replace(chr(10), chr(10) + '    ')}\n                else:\n    {DECODED}"),  # noqa: E501
    )),
    Weakness("a second key that everybody guesses", "P04", (
        (TOKENS, "(secret, previous_secret) if s", "(secret, previous_secret or 'secret') if s"),
    )),
    Weakness("the key that the token brings along", "P04", (
        (TOKENS, DECODED, f"                inside = __import__('json').loads(__import__('base64').urlsafe_b64decode(token.split('.')[0] + '==')).get('jwk')\n{DECODED.replace('key,', 'OctKey.import_key(inside) if inside else key,')}"),  # noqa: E501
    )),
    Weakness("clocks may differ by two hours", "P05", ((TOKENS, "LEEWAY = 30", "LEEWAY = 7_200"),)),
    Weakness("no end is needed", "P06", (
        (TOKENS, '    exp={"essential": True},\n', ""),
        (TOKENS, 'float(claims["exp"])', 'float(claims.get("exp", 1e10))'),
    )),
    Weakness("any audience", "P07", ((TOKENS, '"value": AUDIENCE', ""),)),
    Weakness("any issuer", "P07", ((TOKENS, '"value": ISSUER', ""),)),
    Weakness("any kind of token", "P08", ((TOKENS, 'if decoded.header.get("typ") == HEADER_TYPE:', "if decoded:"),)),
    Weakness("its beginning may be two hours ahead", "P09", ((TOKENS, "LEEWAY = 30", "LEEWAY = 7_200"),)),
    Weakness("the query has a token, too", "P10", (
        ("app/auth/caller.py", "    if sent is None:\n", "    if sent is None and b'access_token=' in current.get().query:\n        return current.get().query.split(b'access_token=')[1].decode()\n    if sent is None:\n"),  # noqa: E501
    )),
    Weakness("a token for a day", "P11", ((TOKENS, "LIFETIME = 15 * 60", "LIFETIME = 24 * 3600"),)),
    Weakness("a refresh token for ever", "P11", (
        (SESSIONS, "presented[:FAMILY] + auth_of(request).tokens.successor(presented)", "presented"),
    )),
    Weakness("a change that forgets its owner", "P12-P14", (
        ("app/users/queries.py", "    WHERE users.id = :id AND users.id = :me\n", "    WHERE users.id = :id AND :me::uuid IS NOT NULL\n"),  # noqa: E501
    )),
    Weakness("a read that forgets its rule", "P12-P14", (
        ("app/posts/queries.py", "FROM posts {JOINS}\nWHERE posts.id = :id AND {VISIBLE}\n\"\"\"\n\n\n@repeatable\nasync def read(", "FROM posts {JOINS}\nWHERE posts.id = :id\n\"\"\"\n\n\n@repeatable\nasync def read("),  # noqa: E501
    )),
    Weakness("an edge taken away for somebody else", "P12-P14", (
        ("app/likes/queries.py", "WHERE likes.user_id = :me AND", "WHERE :me::uuid IS NOT NULL AND"),
    )),
    Weakness("a post shares one that its maker may not see", "P12-P14", (
        ("app/posts/queries.py", "          new.shared_id IS NULL\n", "          true\n"),
    )),
    Weakness("the query keeps a limit away", "P33", (
        (LIMITS, 'f"{limit.name}:{who}"', 'f"{limit.name}:{who}?{current.get().query.decode()}"'),
    )),
    Weakness("403 tells that there is something", "P15", (
        ("app/users/routes.py", "    return ok(await queries.update(db, user_id, changes, me, if_match))", "    from app.core.errors import Forbidden\n    if user_id != me.id and await queries.read(db, user_id):\n        raise Forbidden\n    return ok(await queries.update(db, user_id, changes, me, if_match))"),  # noqa: E501
    )),
    Weakness("a list that forgets the rule", "P16", (
        ("app/posts/queries.py", "WHERE posts.author_id = :user_id AND {VISIBLE} AND", "WHERE posts.author_id = :user_id AND"),  # noqa: E501
    )),
    Weakness("a list without its role", "P17", (
        ("app/products/routes.py", '"""Return a page of the products in `sold_out`, newest first."""\n    if not (me.has("staff")):', '"""Return a page of the products in `sold_out`, newest first."""\n    if not me.id:'),  # noqa: E501
    ), "shop"),
    Weakness("a creation without its role", "P17", (
        ("app/products/queries.py", "    WHERE :is_staff RETURNING", "    WHERE :is_staff OR true RETURNING"),
    ), "shop"),
    Weakness("whoever registers gives themselves a role", "P18-P19", (
        ("app/auth/schemas.py", "    password: Password\n\n    @field_validator", "    password: Password\n    roles: list[str] = []\n\n    @field_validator"),  # noqa: E501
        ("app/auth/accounts.py", "auth_accounts (user_id, email, password_hash)\nVALUES (:user, :email, :password_hash)", "auth_accounts (user_id, email, password_hash, roles)\nVALUES (:user, :email, :password_hash, :roles)"),  # noqa: E501
        ("app/auth/accounts.py", "password_hash=password_hash)\n        await tx.execute(DEL", "password_hash=password_hash, roles=new.roles)\n        await tx.execute(DEL"),  # noqa: E501
    )),
    Weakness("a post is given to somebody else", "P18-P19", (
        ("app/posts/schemas.py", "class PostChanges(Changes):\n    \"\"\"Changes to a post: what is not sent stays as it is.\"\"\"\n", "class PostChanges(Changes):\n    author_id: UUID | None = None\n"),  # noqa: E501
        ("app/posts/queries.py", "    SET body = coalesce(:body, posts.body),", "    SET body = coalesce(:body, posts.body), author_id = coalesce(:author, author_id),"),  # noqa: E501
        ("app/posts/queries.py", "db.fetchrow(UPDATE, **values, if_match=if_match)", "db.fetchrow(UPDATE, **values, if_match=if_match, author=changes.author_id)"),  # noqa: E501
    )),
    Weakness("the hash of the password is shown", "P20", (
        ("app/auth/schemas.py", "    roles: list[str]\n", "    roles: list[str]\n    password_hash: str\n"),
        ("app/auth/accounts.py", "SELECT /* auth.read_me */ u.id,", "SELECT /* auth.read_me */ u.id, a.password_hash,"),
    )),
    Weakness("short passwords", "P21", (("app/auth/passwords.py", "MIN_LENGTH = 8", "MIN_LENGTH = 6"),)),
    Weakness("short passphrases only", "P22", (("app/auth/passwords.py", "MAX_LENGTH = 128", "MAX_LENGTH = 40"),)),
    Weakness("one common password", "P23", (
        ("app/auth/passwords.py", "if plain in _COMMON:", 'if plain in _COMMON - {"trustno1"}:'),
    )),
    Weakness("as far as bcrypt reads", "P24", (
        ("app/auth/passwords.py", 'return unicodedata.normalize("NFKC", password)', 'return unicodedata.normalize("NFKC", password)[:72]'),  # noqa: E501
    )),
    Weakness("any current password", "P25", (
        (SIGN_IN, "    if account is None or not await _is_right(request, account.password_hash, data.current_password):\n", "    if account is None:\n"),  # noqa: E501
    )),
    Weakness("a new password leaves old sessions alone", "P26", (
        (SIGN_IN, "        await sessions.end_sessions(request, tx, user=me.id)\n", ""),
    )),
    Weakness("nobody hears that an account is gone", "P27", (
        ("app/auth/revocations.py", 'self.add(row["session_id"])', "continue"),
    )),
    Weakness("sign-out only forgets the cookie", "P28", (
        ("app/auth/routes.py", "        await sessions.end_sessions(request, db, session=me.session)\n", ""),
    )),
    Weakness("nobody signs out once the access token is over", "P28", (
        ("app/auth/routes.py", "        if not token:\n            raise\n", "        raise\n"),
    )),
    Weakness("sign-in tells who has no account", "P29", (
        (SIGN_IN, CHECKED, CHECKED.replace("    if account is None or", '    if account is None:\n        raise Unauthorized("There is no such account.")\n    if')),  # noqa: E501
    )),
    Weakness("an unknown address costs no hash", "P30", (
        (SIGN_IN, CHECKED, '    if account is None:\n        raise Unauthorized("The e-mail address or the password is wrong.")\n' + CHECKED),  # noqa: E501
    )),
    Weakness("registration tells who has an account", "P31", (
        ("app/auth/accounts.py", ":password_hash)\nON CONFLICT DO NOTHING\n", ":password_hash)\n"),
    )),
    Weakness("recovery tells who has an account", "P32", (
        ("app/auth/routes.py", '\n@router.get("/me", response_model=Me)', RESET),
    )),
    Weakness("hundreds of guesses a minute", "P33", (
        ("app/auth/routes.py", 'limited("sign_in", 5, 60, per_ip=True)', 'limited("sign_in", 500, 60, per_ip=True)'),
    )),
    Weakness("guesses from everywhere", "P33", ((SIGN_IN, 'Limit("guesses", 30,', 'Limit("guesses", 3_000,'),)),
    Weakness("whoever guesses keeps the owner out", "P33", (
        (SIGN_IN, "{network if account and account.familiar else 'elsewhere'}", "everywhere"),
    )),
    Weakness("everybody is a proxy", "P59", (
        ("app/main.py", "[str(each) for each in settings.trusted_proxies]", '["*"]'),
    )),
    Weakness("an IPv6 network has many callers", "P59", ((LIMITS, "if parsed.version == 4:", "if True:"),)),
)  # fmt: skip


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: f"{weakness.probe} {weakness.what}")
def test_a_weakness_is_found(weakness: Weakness, assert_found: AssertFound) -> None:
    assert_found(weakness)


def test_roles_hold_where_there_are_routes_for_them(built: Callable[[str], Path], proven: Prove) -> None:
    result = proven(built("shop"), "P17")
    assert result.verdict is Verdict.HELD, result
