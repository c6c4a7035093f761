"""Weakened Python of a built project: checks, calls, callers, limits, keys, cookies and claims that were forgotten."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.mutation.python_text import PythonText
from backend_architect.proof.mutation.weakening import Edit, Weakening, shown

CALLS = frozenset(
    {"end_sessions", "check_origin", "charge", "_charge_guess", "enqueue", "validate", "check_files", "check_limits"}
    | {"add", "settle"}
)
"""Calls that nobody waits for a value of: forgotten, all looks as before."""
KIND_OF = {"end_sessions": "revocation", "add": "revocation", "enqueue": "event", "check_files": "file-check"}
SECURE_NAMES = {"secure": "False", "httponly": "False", "samesite": '"none"'}
MORE = 10
TIMES = frozenset({"LEEWAY", "LIFETIME", "GUESSES", "MAX_LENGTH", "MIN_LENGTH", "FAMILY", "KEPT"})
LESS = frozenset({"MIN_LENGTH", "FAMILY"})


def forgotten_checks(module: PythonText) -> Iterator[Weakening]:
    """Give every `if …: raise` that never raises."""
    for node in module.walk(ast.If):
        assert isinstance(node, ast.If)
        if isinstance(node.body[-1], ast.Raise) and len(node.body) == 1 and not node.orelse:
            old = module.text(node.test)
            what = f"{module.function_around(node)}: never {shown(f'if {old}: {module.text(node.body[0])}')}"
            yield module.replaced("check-in-code", node.test, f"False and ({old})", what)


def forgotten_calls(module: PythonText) -> Iterator[Weakening]:
    """Give every call for its effect alone that is gone."""
    for node in module.walk(ast.Expr):
        assert isinstance(node, ast.Expr)
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call) and _called(call) in CALLS:
            kind = KIND_OF.get(_called(call), "call")
            what = f"{module.function_around(node)} without {shown(module.text(node))}"
            yield module.replaced(kind, node, "pass", what)


def half_conditions(module: PythonText) -> Iterator[Weakening]:
    """Give every part of a condition in code that stands before a raise, dropped."""
    for node in module.walk(ast.If):
        assert isinstance(node, ast.If)
        if not isinstance(node.body[-1], ast.Raise) or not isinstance(node.test, ast.BoolOp):
            continue
        for value in node.test.values:
            left = "False" if isinstance(node.test.op, ast.Or) else "True"
            if isinstance(node.test.op, ast.Or):
                what = f"{module.function_around(node)}: {shown(module.text(node.test))} without {module.text(value)}"
                yield module.replaced("half-condition", value, left, what)


def other_callers(module: PythonText) -> Iterator[Weakening]:
    """Give every route that asks for nobody to sign in, and every role that all have."""
    for node in module.walk(ast.arg):
        assert isinstance(node, ast.arg)
        if isinstance(node.annotation, ast.Name) and node.annotation.id == "SignedIn":
            where = module.function_around(node)
            made = module.replaced("caller", node.annotation, "Viewing", f"{where} for anybody: SignedIn → Viewing")
            yield replace(made, edits=(*made.edits, *_import_of_viewing(module)))
    for call in module.walk(ast.Call):
        assert isinstance(call, ast.Call)
        if _called(call) == "has" and isinstance(call.func, ast.Attribute):
            what = f"{module.function_around(call)}: {module.text(call)} for everybody"
            yield module.replaced("role", call, "True", what)


def _import_of_viewing(module: PythonText) -> Iterator[Edit]:
    """Give the edit that imports the weaker caller, where the module does not yet."""
    for node in module.walk(ast.alias):
        assert isinstance(node, ast.alias)
        if node.name == "SignedIn" and "Viewing" not in module.source:
            start, end = module.span(node)
            yield Edit(module.file, start, end, "SignedIn, Viewing")


def raised_limits(module: PythonText) -> Iterator[Weakening]:
    """Give every bound that somebody raised tenfold, or lowered where less is weaker."""
    for node in module.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        name = node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
        if name in TIMES and not isinstance(node.value, ast.Name):
            by = (
                f"max(1, ({module.text(node.value)}) // 4)" if name in LESS else f"({module.text(node.value)}) * {MORE}"
            )
            yield module.replaced("limit", node.value, by, f"{name} = {by}")
    for call in module.walk(ast.Call):
        assert isinstance(call, ast.Call)
        if _called(call) in {"Limit", "limited"} and len(call.args) >= 3:
            name = module.text(call.args[0])
            yield module.replaced("limit", call.args[1], f"{module.text(call.args[1])}00", f"rate limit {name} x 100")
        for keyword in call.keywords:
            number = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            bounds = keyword.arg in {"le", "max_length"} and _called(call) in {"Query", "Field"}
            if bounds and isinstance(number, int):
                what = f"{shown(module.text(call))} → {keyword.arg}={number * MORE}"
                yield module.replaced("limit", keyword.value, str(number * MORE), what)
    yield from _settings(module)


def _settings(module: PythonText) -> Iterator[Weakening]:
    for node in module.walk(ast.AnnAssign):
        assert isinstance(node, ast.AnnAssign)
        if isinstance(node.target, ast.Name) and node.target.id == "max_body" and isinstance(node.value, ast.Call):
            yield module.replaced("limit", node.value.args[0], "1_000_000_000", "max_body = 1_000_000_000")


def cache_keys(module: PythonText) -> Iterator[Weakening]:
    """Give every part of a cache key that is left out."""
    for node in module.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "key" and "routes" in module.file:
            for part in ast.walk(node.value):
                if isinstance(part, ast.FormattedValue):
                    name = ast.unparse(part.value)
                    text = module.text(node.value).replace("{" + name + "}", "", 1)
                    if text != module.text(node.value):
                        where = module.function_around(node)
                        yield module.replaced("cache-key", node.value, text, f"{where}: its cache key without {name}")
                elif isinstance(part, ast.Name) and isinstance(node.value, ast.Tuple | ast.Call):
                    where = module.function_around(node)
                    yield module.replaced("cache-key", part, "None", f"{where}: its cache key without {part.id}")


def cookie_attributes(module: PythonText) -> Iterator[Weakening]:
    """Give every attribute that protects a cookie, gone, and the prefix of its name."""
    for node in module.walk(ast.keyword):
        assert isinstance(node, ast.keyword)
        if node.arg in SECURE_NAMES and module.file.endswith("cookies.py"):
            new = SECURE_NAMES[node.arg]
            yield module.replaced("cookie", node.value, new, f"{node.arg}={new} in {module.function_around(node)}")
    for text in module.walk(ast.Constant):
        assert isinstance(text, ast.Constant)
        if isinstance(text.value, str) and text.value.startswith("__Host-"):
            new = module.text(text).replace("__Host-", "")
            yield module.replaced("cookie", text, new, f"{text.value} without its prefix")


def token_claims(module: PythonText) -> Iterator[Weakening]:
    """Give every claim of a token that is not asked for, and every fixed value that may be another."""
    for node in module.walk(ast.keyword):
        assert isinstance(node, ast.keyword)
        if not isinstance(node.value, ast.Dict) or "JWTClaimsRegistry" not in module.source:
            continue
        keys = [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
        if "value" in keys:
            kept = '{"essential": True}'
            yield module.replaced("token", node.value, kept, f"any {node.arg} of a token")


def lax_input(module: PythonText) -> Iterator[Weakening]:
    """Give the models of input that take what they do not know."""
    for node in module.walk(ast.keyword):
        assert isinstance(node, ast.keyword)
        if node.arg == "extra" and isinstance(node.value, ast.Constant) and node.value.value == "forbid":
            yield module.replaced("input", node.value, '"ignore"', "unknown fields are ignored")


def leaked_errors(module: PythonText) -> Iterator[Weakening]:
    """Give every plain failure that would say what happened inside."""
    for node in module.walk(ast.Call):
        assert isinstance(node, ast.Call)
        if _called(node) == "Problem" and not node.args and not node.keywords and "(error: Exception" in module.source:
            where = module.function_around(node)
            yield module.replaced("leak", node, "Problem(str(error))", f"{where}: Problem(str(error))")


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
