"""Every error that a client can see, as RFC 9457 problem details, and the handlers that turn failures into them.

Raise a `Problem` (or one of its kinds) anywhere; nothing else of a failure reaches the client: no trace, no SQL.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import asyncpg
import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from app.core.request_context import current

log = logging.getLogger("app.core.errors")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of the request."""

    field: str
    message: str
    code: str


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """The body of every error answer (RFC 9457, application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: Sequence[FieldError] = ()


class Problem(Exception):
    """An error answer. `slug` is stable, for programs; `detail` is a sentence, for people."""

    status = 500
    slug = "internal-error"
    title = "Something went wrong on our side"

    def __init__(
        self, detail: str = "", *, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail or self.title
        self.errors = errors
        self.headers = headers or {}


class Malformed(Problem):
    status, slug, title = 400, "malformed", "The request cannot be read"


class Unauthorized(Problem):
    """Nobody has signed in, or with a token that is no good."""

    status, slug, title = 401, "unauthorized", "Sign in first"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status, slug, title = 403, "forbidden", "You may not do this"


class NotFound(Problem):
    status, slug, title = 404, "not-found", "There is nothing here"


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "This address does not answer that method"


class TooSlow(Problem):
    status, slug, title = 408, "too-slow", "The request took too long to arrive"


class Conflict(Problem):
    status, slug, title = 409, "conflict", "This does not fit what is stored"


class PreconditionFailed(Problem):
    status, slug, title = 412, "precondition-failed", "It was changed since you read it"


class TooLarge(Problem):
    status, slug, title = 413, "too-large", "The request body is too large"


class UnsupportedMediaType(Problem):
    status, slug, title = 415, "unsupported-media-type", "Send application/json"


class Invalid(Problem):
    status, slug, title = 422, "invalid", "Some of what was sent is not valid"


class TooManyRequests(Problem):
    status, slug, title = 429, "too-many-requests", "Too many requests"


class NotWritten(Problem):
    status, slug, title = 501, "not-written", "This use case is still to be written"


class Unavailable(Problem):
    """Something that this backend needs is down or busy; trying again soon makes sense."""

    status, slug, title = 503, "unavailable", "Not available at the moment, please try again"

    def __init__(self, detail: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


KINDS = {kind.status: kind for kind in Problem.__subclasses__()}


def found(value: T | None) -> T:
    """Return the value, or raise NotFound where there is none."""
    if value is None:
        raise NotFound
    return value


def allowed(value: T | None) -> T:
    """Return the value, or raise Forbidden where the rules gave none."""
    if value is None or value is False:
        raise Forbidden
    return value


def problem_response(problem: Problem) -> Response:
    """Return the answer for `problem`, with the request's id."""
    request = current.get()
    body = ProblemDetails(
        type=f"/problems/{problem.slug}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        instance=request.root + request.path,
        request_id=request.id,
        errors=problem.errors,
    )
    content = msgspec.json.encode(body)
    return Response(content, problem.status, headers=problem.headers, media_type="application/problem+json")


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure inside the routes as a problem; the middleware answers the unexpected ones."""
    for kind in (Problem, RequestValidationError, HTTPException, asyncpg.PostgresError):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    match error:
        case Problem():
            return problem_response(error)
        case RequestValidationError():
            return problem_response(_invalid(error))
        case HTTPException(status_code=204 | 304):
            return Response(status_code=error.status_code, headers=error.headers)
        case HTTPException():
            return problem_response(_refused(request, error))
    problem = problem_of(error, request.method, request.url.path)
    if problem.status >= 500:
        log.error("database error", exc_info=error)
    return problem_response(problem)


def _invalid(error: RequestValidationError) -> Problem:
    """Return what pydantic found, without its `input`: what was sent may be a password."""
    wrong = [FieldError(".".join(map(str, e["loc"][1:] or e["loc"])), e["msg"], e["type"]) for e in error.errors()]
    if any(each.code == "json_invalid" for each in wrong):
        return Malformed("The body is not valid JSON.")
    return Invalid(f"Invalid values: {len(wrong)}; see errors.", errors=wrong)


def _refused(request: Request, error: HTTPException) -> Problem:
    """Return what a refusal of FastAPI's, or of hand-written code, means here; what it says and its headers stay."""
    headers = {**(error.headers or {})}
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods_at(request)) or headers.get("Allow", "")
    phrase = HTTPStatus(error.status_code).phrase
    kind = KINDS.get(error.status_code)
    title, slug = (kind.title, kind.slug) if kind else (phrase, re.sub(r"\W+", "-", phrase.lower()))
    detail = error.detail if isinstance(error.detail, str) else msgspec.json.encode(error.detail).decode()
    problem = Problem(title if detail == phrase else detail, headers=headers)
    problem.status, problem.title, problem.slug = error.status_code, title, slug
    return problem


def _methods_at(request: Request) -> list[str]:
    """Return every method that is answered at the request's path: GET brings HEAD along."""
    routes = [route for route in iter_route_contexts(request.app.routes) if route.methods]
    methods = {name for route in routes if route.path_regex.match(request.url.path) for name in route.methods or ()}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


# Causes that are expected to pass: lost connections, no resources, shutdown and timeouts, locks, a standby.
PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


def problem_of(error: Exception, method: str, path: str) -> Problem:
    """Return what a client may know about a database error."""
    match error:
        case asyncpg.UniqueViolationError():
            return _on_fields(Conflict, error, "is already taken", "taken")
        case asyncpg.ForeignKeyViolationError() if method != "DELETE":
            return _on_fields(Invalid, error, "does not exist", "not_found")
        case asyncpg.ForeignKeyViolationError() | asyncpg.RestrictViolationError():
            return Conflict("It is still in use.")
        case asyncpg.ExclusionViolationError():
            return Conflict("It overlaps with another one.")
        case asyncpg.CheckViolationError():
            return _broken_check(error, path)
        case asyncpg.NotNullViolationError():
            missing = FieldError(error.column_name or "", "is required", "missing")
            return Invalid("A required value is missing.", errors=[missing])
        case asyncpg.DataError():
            return Invalid("A value cannot be stored.")
        case asyncpg.SerializationError() | asyncpg.DeadlockDetectedError():
            return Conflict("Somebody else changed the same thing at the same time; try again.")
    return Unavailable() if isinstance(error, PASSING) else Problem()


KEY = re.compile(r"\((?P<columns>.+?)\)=\(")  # PostgreSQL says them nowhere else, and so in every language


def _on_fields(kind: type[Problem], error: asyncpg.PostgresError, message: str, code: str) -> Problem:
    """Return a problem that names the columns of the constraint, never their values."""
    match = KEY.search(error.detail or "")
    columns = re.findall(r"\w+", re.sub(r"\blower\(|::text\b", " ", match["columns"])) if match else []
    names = " and ".join(columns) or "a value"
    return kind(f"{names} {message}.", errors=[FieldError(name, message, code) for name in columns])


def _broken_check(error: asyncpg.CheckViolationError, path: str) -> Problem:
    """Return 422 for a check on the resource that was sent, 409 for one on a row that would change along with it."""
    name = (error.constraint_name or "").replace("_", " ")
    sent = (error.table_name or "").replace("_", "-") in path.split("/")
    return Invalid(f"It breaks a rule: {name}.") if sent else Conflict(f"It breaks a rule: {name}.")
