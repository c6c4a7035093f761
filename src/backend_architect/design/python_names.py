"""Names of a design as Python writes them: one that the built code uses for something else gets a `_` at its end.

No name of a design ends with `_`, so that what is made here is always free. `tests/names` reads every module that is
built and fails where one of them uses a name that is missing here.
"""

import builtins
import keyword
from collections.abc import Set

from backend_architect.design.names import camel_case

PYTHON = frozenset(keyword.kwlist) | frozenset(dir(builtins))

SLICE = PYTHON | {
    *("annotations", "dataclass", "date", "datetime", "msgspec", "timedelta"),
    *("allowed", "cached", "check_files", "created", "decode_cursor", "decode_json", "encode_json", "file_url"),
    *("found", "make_page", "no_content", "ok", "once", "page", "queries", "router", "settled"),
    *("after", "changes", "db", "done", "if_match", "is_changed", "key", "limit", "me", "new", "q", "request", "row"),
    *("act", "judged", "repeatable", "sent"),
    *("make_search_page", "rows", "start", "take_turn", "turn", "tx", "values", "would_write"),
}
"""What the modules of a slice import, and their parameters and variables."""

MAIN = PYTHON | {
    *("app", "asyncio", "asynccontextmanager", "auth", "configure_logging", "connect_pool", "cors", "create_app"),
    *("files", "health", "install_error_handlers", "load_settings", "partial"),
    *("providers", "router", "running_auth", "serve_docs", "settings", "signal", "warn_of_role", "watch_connections"),
    "wrap_asgi_with_proxy_headers",
}
"""What `app/main.py` uses besides the slices."""

WORKER = PYTHON | {
    *("asyncpg", "build_queue", "connect_pool", "forget", "keep_tidy", "load_settings", "partial"),
    *("prepared_environment", "work", "report_orphans", "asynccontextmanager"),
    *("annotations", "app", "asyncio", "configure_logging", "dataclass", "datetime", "db", "events", "log", "logging"),
    *("main", "self", "settings", "signal", "timedelta"),
}
"""What `app/worker.py`, and the module of an event, use besides the events."""

FACTORY = PYTHON | {
    *("count", "date", "datetime", "db", "identity", "owner", "sql", "timedelta", "uuid4"),
}
"""What `tests/factories.py` uses besides the fields of a row."""

TEST = PYTHON | {
    "answer",
    "answers",
    "asyncio",
    "body",
    "owner",
    "path",
    "paths",
    "pytest",
    "pytestmark",
    "sql",
    "world",
}
"""What a test uses besides a row that it names."""

CLASSES = frozenset(
    {
        *("APIRouter", "After", "Annotated", "Any", "Awaitable", "AwareDatetime", "Callable", "Changes", "Database"),
        *("Conflicting", "Db", "Decimal", "Executor", "Field", "Forbidden", "IfMatch", "Input", "Json", "Limit"),
        *("Literal", "NotWritten", "Page", "PreconditionFailed", "Query", "Record", "Request", "Response"),
        *("SignedIn", "Text", "Viewer", "Viewing", "World", "Access"),
        *dir(builtins),
    }
)
"""Classes and types that a slice of a built project imports."""

CONSTANTS = frozenset(
    {
        *("ACCESS", "ANONYMOUS", "COLUMNS", "FACTORIES", "FIRST_ID", "JOINS", "KEYED", "LAST_ID", "READABLE", "UTC"),
        *("UUID", "BUYERS", "WRITERS"),
    }
)

MODEL_ATTRIBUTES = frozenset(
    {
        *("clearable", "construct", "copy", "dict", "from_orm", "json", "mro", "parse_file", "parse_obj", "parse_raw"),
        *("register", "schema", "schema_json", "update_forward_refs", "validate"),
    }
)
"""What pydantic's models, and `app/core/input.py`, have for themselves."""

MODEL_PREFIX = "model_"


def variable(name: str, taken: Set[str] = SLICE) -> str:
    """Return the name as a variable, parameter, function or module: `post`, and `page_` where `page` is taken."""
    return f"{name}_" if name in taken else name


def class_name(name: str) -> str:
    """Return a snake_case name as a class: `order_line` → `OrderLine`, and `page` → `PageRow`, for `Page` is taken."""
    made = camel_case(name)
    return f"{made}Row" if made in CLASSES else made


def nested_class(row: str, relation: str) -> str:
    """Return the class of a related row inside an answer: `PostAuthor`."""
    own = class_name(row)
    made = own + class_name(relation)
    return f"{made}Row" if made in CLASSES | {f"New{own}", f"{own}Changes"} else made


def constant(name: str) -> str:
    """Return the name of a statement as a constant: `of_user` → `OF_USER`."""
    made = name.upper()
    return f"{made}_" if made in CONSTANTS else made


def attribute(column: str) -> str:
    """Return the attribute that holds a field of what a client sends; the client knows it by its own name."""
    if column.startswith(MODEL_PREFIX):
        return f"its_{column}_"
    return f"{column}_" if column in MODEL_ATTRIBUTES else column


def parameter(column: str) -> str:
    """Return the name of a statement's parameter, which a call gives as a keyword: `body`, and `from_` for `from`."""
    return f"{column}_" if keyword.iskeyword(column) else column
