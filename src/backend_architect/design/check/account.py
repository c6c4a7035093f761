"""Accounts exist where rules and ways to sign in need them."""

from collections.abc import Iterator

from backend_architect.design.check.paths import fields_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import FieldType
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a, a_type
from backend_architect.errors import Problem


def check_account(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name` for `auth.account`, repeated ways to sign in, and `set: me` that cannot be."""
    design = loaded.design
    if design.auth and design.auth.account not in design.entities:
        fix = did_you_mean(design.auth.account, tuple(design.entities))
        yield loaded.problem("unknown-name", "auth.account", f"`{design.auth.account}` is no entity", fix)
    for n, way in enumerate(design.auth.sign_in if design.auth else ()):
        if design.auth and way in design.auth.sign_in[:n]:
            yield loaded.problem("duplicate-name", f"auth.sign_in.{n}", f"`{way}` is given twice", "keep one")
    yield from _set_to_caller(loaded)
    yield from _files(loaded)


def _files(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield where a file is nobody's: it is kept under the account of who sends it, which must be there before it."""
    design = loaded.design
    for path, row, item in fields_with_paths(design):
        if item.type is not FieldType.FILE:
            continue
        if design.auth is None:
            fix = "add `auth: {account: user}`"
            yield loaded.problem("needs-auth", path, "a file belongs to the account that sent it", fix)
        elif row is design.account and not item.optional:
            message = f"nobody can send `{item.name}` before there is {a(row.name)} to send it"
            yield loaded.problem("required-not-accepted", path, message, "make it `optional: true`")


def _set_to_caller(loaded: LoadedDesign) -> Iterator[Problem]:
    design = loaded.design
    set_by_server = [(f"{path}.set", item) for path, _, item in fields_with_paths(design)]
    set_by_server += [(f"edges.{name}.set.{s.name}", s) for name, edge in design.edges.items() for s in edge.pair]
    for path, item in set_by_server:
        if item.set != "me" or design.auth is None:
            continue
        account = design.auth.account
        if not item.is_reference:
            fix = f"make it a relation: {{to: {account}, set: me}}"
            yield loaded.problem("set-me", path, f"`me` is an account, and `{item.name}` is {a_type(item.type)}", fix)
        elif item.to != account:
            message = f"`me` is {a(account)}, and `{item.name}` points to `{item.to}`"
            yield loaded.problem("set-me", path, message, f"point to the account: {{to: {account}, set: me}}")
