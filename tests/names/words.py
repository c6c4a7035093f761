"""The names that could go wrong: what built code calls its own, and the words of Python, SQL and YAML."""

import ast
import builtins
import keyword
import sys
from collections.abc import Iterator

from pglast import keywords

from backend_architect.decisions import decide_all
from backend_architect.design import load_design
from backend_architect.design.names import IDENTIFIER, OWN_ALIASES
from backend_architect.project import build_project
from tests.conftest import EXAMPLES, RIGHT_DESIGNS

SHARED = ("app/main.py", "app/worker.py", "tests/factories.py", "tests/test_")
"""What names the rows of a design, besides the folder of each."""

YAML = ("on", "off", "yes", "no", "y", "n", "null", "true", "false")
POSTGRES = (
    *keywords.RESERVED_KEYWORDS,
    *keywords.TYPE_FUNC_NAME_KEYWORDS,
    *keywords.COL_NAME_KEYWORDS,
    *keywords.UNRESERVED_KEYWORDS,
)
SYSTEM = ("ctid", "cmin", "cmax", "xmin", "xmax", "tableoid", "oid", "found", "tg_op", "uuid", "text", "date", "int4")
PYDANTIC = ("model_fields", "model_config", "model_dump", "json", "copy", "schema", "dict", "validate", "construct")


def own_words(*, everywhere: bool) -> tuple[str, ...]:
    """Return every name that built modules bind or read; without `everywhere` of those that hold a design's names."""
    found: set[str] = set()
    for path in RIGHT_DESIGNS if everywhere else EXAMPLES[-1:]:
        loaded = load_design(path)
        slices = tuple(f"app/{plural}/" for plural in loaded.design.rows_by_plural)
        for file, text in build_project(loaded, decide_all(loaded.design)).files.items():
            found |= set(file.removesuffix(".py").split("/"))
            if file.endswith(".py") and (everywhere or file.startswith((*slices, *SHARED))):
                found |= set(identifiers(ast.parse(text)))
    words = {name.lower().strip("_") for name in found}
    return tuple(sorted(word for word in words if IDENTIFIER.match(word) and not word.startswith("test_")))


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Yield what a module binds, reads or imports by a bare name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).rpartition(".")[2]


def few_words() -> tuple[str, ...]:
    """Return what every run of the tests tries."""
    return _chosen((*own_words(everywhere=False), *keyword.kwlist, *OWN_ALIASES, *YAML, *SYSTEM, *PYDANTIC))


def all_words() -> tuple[str, ...]:
    """Return all that could go wrong."""
    rest = (*keyword.softkwlist, *dir(builtins), *POSTGRES, *sys.stdlib_module_names)
    return _chosen((*few_words(), *own_words(everywhere=True), *(word.lower() for word in rest)))


def _chosen(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if IDENTIFIER.match(word) and len(word) <= 30}))
