"""What steps aside is all that there is: no module beside a design's names uses a name that nobody wrote down."""

import ast
import builtins
from collections.abc import Iterator

import pydantic
import pytest
from pglast import keywords

from backend_architect.decisions import decide_all
from backend_architect.design import python_names, read_design
from backend_architect.design.check.plurals import RESERVED_PLURALS
from backend_architect.design.model import IMPLIED_FIELDS
from backend_architect.design.names import IDENTIFIER, RESERVED_SQL
from backend_architect.project import build_project
from backend_architect.project.templates import TEMPLATES

from .words import identifiers

DESIGN = """
design: 1
backend: zq
auth: {account: zqa, sign_in: [password, google, github, openid], roles: [zqrole]}
entities:
  zqa:
    fields: {zqhandle: {type: slug, unique: true}}
    counts: {zqcount: zqes.zqaa}
    allow: {read: anyone, update: id = me, delete: id = me}
  zqb:
    fields:
      zqowner: {to: zqa, set: me, on_delete: cascade}
      zqtext: {type: text, max: 20, unique: true}
      zqdate: {type: date, optional: true}
      zqat: {type: timestamp, optional: true}
      zqlong: {type: duration, optional: true}
      zqmoney: {type: money, min: 0}
      zqdecimal: {type: decimal, optional: true}
      zqjson: {type: json, optional: true}
      zqfile: {type: file, optional: true, content_types: [image/png]}
      zqlist: {list: text}
      zqkind: {one_of: [zqone, zqtwo]}
      zquuid: {type: uuid, optional: true}
      zqflag: boolean
    rules: {zqrule: zqowner = me or zqflag}
    allow: {read: zqrule, create: signed_in, update: zqowner = me or zqrole, delete: zqowner = me}
  zqc:
    fields: {zqowner: {to: zqa, set: me, on_delete: cascade}, zqwhat: {to: zqb}}
    effects: {create: {zqwhat.zqmoney: zqwhat.zqmoney - 1}}
    allow: {read: zqowner = me, create: signed_in and zqwhat.zqrule, delete: zqrole}
edges:
  zqe:
    pair: {zqaa: zqa, zqbb: zqb}
    set: {zqaa: me}
    fields: {zqnote: {type: text, max: 30}}
    allow: {read: anyone, create: signed_in and zqbb.zqrule, delete: zqes.zqaa = me}
lists:
  zqbs of zqa: {of: zqb, by: zqowner, filter: [zqkind, zqflag]}
  zqcached: {of: zqb, where: zqflag, cache: 60s}
  zqsearch: {of: zqb, match: [zqtext], order: zqmoney desc, allow: zqrole}
  zqbbs of zqa: {of: zqb, through: zqes.zqaa}
events:
  zqbs.create: {run: zqrun, retries: 3}
  zqbs.update: {run: zqchanged}
custom:
  - {route: "POST /zqbs/{id}/zqcustom", code: app/zqbs/zqcustom.py, allow: zqrule}
  - {route: "POST /zqbs/zqimport", code: app/zqbs/zqimport.py, allow: zqrole}
checks:
  - {as: stranger, read: zqb, given: {zqflag: false}, expect: 404}
"""
TAKEN = {
    "app/zqas/": python_names.SLICE,
    "app/zqbs/": python_names.SLICE | python_names.WORKER,
    "app/zqcs/": python_names.SLICE,
    "app/zqes/": python_names.SLICE,
    "app/main.py": python_names.MAIN,
    "app/worker.py": python_names.WORKER,
    "tests/factories.py": python_names.FACTORY,
}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    loaded = read_design(DESIGN)
    return dict(build_project(loaded, decide_all(loaded.design)).files)


@pytest.mark.parametrize("place", TAKEN)
def test_every_name_beside_a_designs_own_steps_aside(files: dict[str, str], place: str) -> None:
    known = TAKEN[place] | python_names.CLASSES | python_names.CONSTANTS
    texts = [text for path, text in files.items() if path.startswith(place) and path.endswith(".py")]
    used = {name for text in texts for name in _names(ast.parse(text), place)}
    own = {name for name in used - IMPLIED if "zq" not in name.lower() and not name.startswith("_")}
    assert own - known - QUERIES - set(dir(builtins)) == set()


QUERIES = {"read", "create", "update", "delete", "put", "READ", "CREATE", "UPDATE", "DELETE", "PUT"}
"""Statements and functions that a design cannot call a list: check refuses it."""


def _names(tree: ast.Module, place: str) -> Iterator[str]:
    """Yield every name of a module of a slice; of one that only imports them, what stands beside them at its top."""
    if place not in ("app/main.py", "app/worker.py"):
        yield from identifiers(tree)
        return
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (name for name in identifiers(node) if name.islower())
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


IMPLIED = {*IMPLIED_FIELDS, "clearable"}
"""What a design cannot call a field, or what is called so only within a model."""


def test_every_attribute_of_a_model_steps_aside() -> None:
    own = {name for name in dir(pydantic.BaseModel) if IDENTIFIER.match(name)}
    assert {name for name in own if python_names.attribute(name) == name} == set()


def test_every_module_and_test_of_the_project_is_no_plural() -> None:
    paths = [path.relative_to(TEMPLATES) for path in [*TEMPLATES.glob("app/*"), *TEMPLATES.glob("tests/*")]]
    names = {path.name.split(".")[0] for path in paths} - {"__init__", "__pycache__"}
    assert names <= RESERVED_PLURALS | {"auth"}


def test_what_sql_reserves_is_what_postgresql_says() -> None:
    assert {*keywords.RESERVED_KEYWORDS, *keywords.TYPE_FUNC_NAME_KEYWORDS} == RESERVED_SQL
