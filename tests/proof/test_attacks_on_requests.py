"""P34 to P65 and S01 to S06 each fail on a copy of a project that is weakened in just that point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_architect.proof import Verdict
from tests.proof.conftest import AssertFound, Prove
from tests.proof.weakness import Weakness

pytestmark = pytest.mark.slow

MAIN, MIDDLEWARE, ERRORS = "app/main.py", "app/core/middleware.py", "app/core/errors.py"
PAGES, ROUTES, ONCE = "app/core/pagination.py", "app/posts/routes.py", "app/core/idempotency.py"
COOKIES, SESSIONS = "app/auth/cookies.py", "app/auth/sessions.py"
SCHEMA = "migrations/0002_schema.sql"
ORIGINS = "allow_origins=settings.allowed_origins"
TAKEN_KEY = 'raise Conflict("A request with this Idempotency-Key is being answered.")'
KEPT = "await tx.execute(KEEP, caller=me.id, key=key, fingerprint=fingerprint, **kept)"
GUESSABLE = (
    "DEFAULT ('01890a5d-ac96-774b-bcce-' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint),"
    " 12, '0'))::uuid,"
)
TEXT_LINES = 'sys.stdout.buffer.write(" ".join(map(str, fields.values())).encode() + b"\\n")'

WEAKNESSES = (
    Weakness("a limit without an end", "P34-P36", ((PAGES, "Query(ge=1, le=100,", "Query(ge=1,"),)),
    Weakness("a limit below one", "P34-P36", ((PAGES, "Query(ge=1, le=100,", "Query(le=100,"),)),
    Weakness("a place in a list that is none", "P34-P36", ((PAGES, "except ValueError:", "except KeyError:"),)),
    Weakness("a told size that nobody looks at", "P37", (
        (MIDDLEWARE, 'if int(context.headers.get(b"content-length", b"0")) > self.max_body:', "if False:"),
    )),
    Weakness("chunks that nobody counts", "P37", (
        (MIDDLEWARE, "if len(body) > self.max_body:", "if False:"),
    )),
    Weakness("deep JSON ends a look inside", "P38", (
        (MIDDLEWARE, "        body.decode()\n", '        __import__("json").loads(body)\n'),
    )),
    Weakness("characters that cannot be stored", "P39", (
        ("app/core/input.py", r'if "\0" in value:', "if False:"),
        (ERRORS, '            return Invalid("A value cannot be stored.")', "            return Problem()"),
    )),
    Weakness("any kind of content", "P40", ((MIDDLEWARE, '!= b"application/json"', '== b"text/html"'),)),
    Weakness("fields that are let by", "P41", (("app/core/input.py", 'extra="forbid"', 'extra="ignore"'),)),
    Weakness("errors of another kind", "P42-P43", (
        (ERRORS, 'media_type="application/problem+json"', 'media_type="application/json"'),
    )),
    Weakness("errors without a title", "P42-P43", ((ERRORS, "title=problem.title", 'title=""'),)),
    Weakness("TRACE is answered", "P44", (
        ("app/core/health.py", '@router.get("/healthz")', '@router.api_route("/healthz", methods=["GET", "TRACE"])'),
    )),
    Weakness("an Allow that forgets some", "P45", ((ERRORS, '", ".join(_methods_at(request)) or ', ""),)),
    Weakness("an address that ends in a line feed", "P65", (
        (MIDDLEWARE, 'if UNROUTABLE.search(scope["path"]) or b"%2f"', 'if b"%2f"'),
    )),
    Weakness("a slash that is encoded", "P65", (
        (MIDDLEWARE, 'if UNROUTABLE.search(scope["path"]) or b"%2f" in (scope.get("raw_path") or b"").lower():', 'if UNROUTABLE.search(scope["path"]):'),  # noqa: E501
    )),
    Weakness("every origin", "P50", ((MAIN, ORIGINS, 'allow_origin_regex=".*"'),)),
    Weakness("origins that begin alike", "P50", ((MAIN, ORIGINS, r'allow_origin_regex=r"https://app\.example\.com.*"'),)),
    Weakness("the documentation in production", "P51", (
        (MAIN, 'openapi_url=None if settings.production else "/openapi.json"', 'openapi_url="/openapi.json"'),
    )),
    Weakness("a search put into the statement", "P52", (
        ("app/posts/queries.py", "db.fetch(SEARCH, me=me.id, q=q,", "db.fetch(SEARCH.replace(':q', f\"'{q}' || left(:q, 0)\"), me=me.id, q=q,"),  # noqa: E501
    )),
    Weakness("a sign-in put into the statement", "P52", (
        ("app/auth/accounts.py", "db.fetchrow(FIND, email=", "db.fetchrow(FIND.replace(':email', f\"'{email}' || left(:email, 0)\"), email="),  # noqa: E501
    )),
    Weakness("a key that nobody keeps", "P53", ((ONCE, "    key = _key()\n", "    key = None\n"),)),
    Weakness("a key for everybody", "P53", (
        (ONCE, "idempotency_keys k ON k.caller = :caller AND k.key = :key", "idempotency_keys k ON k.key = :key"),
    )),
    Weakness("a key for any body", "P54", ((ONCE, 'if row["fingerprint"] != fingerprint:', "if False:"),)),
    Weakness("many under one key", "P54", (
        (ONCE, 'if row is None or not row["free"]:', "if row is None:"),
        (ONCE, f'        if {KEPT} != "INSERT 0 1":\n            {TAKEN_KEY}\n', f"        {KEPT}\n"),
    )),
    Weakness("no Location", "P55", (
        ("app/core/responses.py", '201, {"location": location, **_version(value)}', "201, _version(value)"),
    )),
    Weakness("ids that count time", "P56", (
        (SCHEMA, "CREATE TABLE posts (\n    id uuid PRIMARY KEY DEFAULT uuidv7(),", f"CREATE TABLE posts (\n    id uuid PRIMARY KEY {GUESSABLE}"),  # noqa: E501
    )),
    Weakness("ready without a database", "P57", (
        (
            "app/core/health.py",
            'raise Unavailable("The database does not answer.") from error',
            'return Response(b"ready")',
        ),
    )),
    Weakness("alive only with a database", "P57", (
        ("app/core/health.py", "async def alive() -> Response:", "async def alive(request: Request) -> Response:\n    await request.app.state.database.fetchval(STATE)"),  # noqa: E501
    )),
    Weakness("a log without ids", "P58", (
        ("app/core/telemetry.py", '            "request_id": current.get().id,\n', ""),
    )),
    Weakness("any id that is sent", "P58", ((MIDDLEWARE, "if SAFE_ID.fullmatch(sent) else", "if sent else"),)),
    Weakness("errors as they are", "P60", ((ERRORS, "else Problem()\n", "else Problem(str(error))\n"),)),
    Weakness("an address that is asked", "P61", (
        ("app/things/routes.py", '    check_files("things", new, me)\n', '    check_files("things", new, me)\n    import contextlib, urllib.request\n    with contextlib.suppress(OSError):\n        urllib.request.urlopen(new.a_url, timeout=0.2)\n'),  # noqa: E501
    ), "every-field"),
    Weakness("a stock below zero", "P62", ((SCHEMA, "CHECK (stock >= 0 AND", "CHECK (stock >= -1000 AND"),), "shop"),
    Weakness("bookings that overlap", "P62", (
        (SCHEMA, "bookings_no_overlap EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&)", "bookings_no_overlap CHECK (room_id IS NOT NULL)"),  # noqa: E501
    ), "bookings"),
    Weakness("a log of plain text", "P63", (
        ("app/core/telemetry.py", 'sys.stdout.buffer.write(self.write(fields) + b"\\n")', TEXT_LINES),
    )),
    Weakness("headers in the log", "P64", (
        (MIDDLEWARE, '        "path": context.path,\n', '        "path": context.path,\n        "headers": repr(context.headers),\n'),  # noqa: E501
    )),
    Weakness("bodies in the log", "P64", (
        (MIDDLEWARE, '        "path": context.path,\n', '        "path": context.path,\n        "body": context.body.decode(errors="replace"),\n'),  # noqa: E501
    )),
    Weakness("queries in the log", "P64", (
        (MIDDLEWARE, '        "path": context.path,\n', '        "path": f"{context.path}?{context.query.decode()}",\n'),  # noqa: E501
    )),
    Weakness("a cookie for scripts", "S01", ((COOKIES, "httponly=True", "httponly=False"),)),
    Weakness("a cookie for other sites", "S01", ((COOKIES, 'samesite="lax"', 'samesite="none"'),)),
    Weakness("a session that outlives the next sign-in", "S02", (
        ("app/auth/routes.py", '        await sessions.end_sessions(request, db, refresh_token=request.cookies.get(REFRESH_COOKIE, ""))\n', ""),  # noqa: E501
    )),
    Weakness("sessions that begin alike", "S03", (
        (SESSIONS, "token = secrets.token_urlsafe(16) +", 'token = f"{secrets.randbelow(10**12):022d}" +'),
    )),
    Weakness("sessions of few bits", "S03", (
        (SESSIONS, "secrets.token_urlsafe(16) + secrets.token_urlsafe(32)", 'secrets.token_hex(8) + "0" * 49'),
        (SESSIONS, "auth_of(request).tokens.successor(presented)", '"0" * 35 + secrets.token_hex(4)'),
    )),
    Weakness("cookies from anywhere", "S04", (
        (COOKIES, 'if request.headers.get("origin") not in own | {*settings.allowed_origins}:', "if False:"),
    )),
    Weakness("a sign-in from anywhere", "S04", (
        ("app/auth/routes.py", "    if data.cookies:\n        check_origin(request)\n", ""),
    )),
    Weakness("a look that counts", "S05", (
        (ROUTES, "    return ok(await queries.read(db, post_id, me))", '    await db.execute("UPDATE posts SET updated_at = clock_timestamp() WHERE id = $1", post_id)\n    return ok(await queries.read(db, post_id, me))'),  # noqa: E501
    )),
    Weakness("sessions that nobody uses", "S06", ((SESSIONS, " AND s.last_used_at > now() - interval '14 days'", ""),)),
)  # fmt: skip


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: f"{weakness.probe} {weakness.what}")
def test_a_weakness_is_found(weakness: Weakness, assert_found: AssertFound) -> None:
    assert_found(weakness)


ELSEWHERE = (("shop", "P62"), ("bookings", "P62"), ("every-field", "P61"))


@pytest.mark.parametrize(("example", "probe"), ELSEWHERE)
def test_what_other_designs_have_holds_too(
    example: str, probe: str, built: Callable[[str], Path], proven: Prove
) -> None:
    result = proven(built(example), probe)
    assert result.verdict is Verdict.HELD, result
