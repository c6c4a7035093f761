"""Constants of a text search that pg_stat_statements hides behind `$1`, as nearly everybody writes them.

`to_tsvector($2, name || $3 || body)` hides the configuration and what stands between the columns, and an index must
hold both. They are supposed: the configuration of the server's default, English where that is the simple one; a blank
between columns; nothing in the place of NULL. What is supposed is told beside the index, and never applied unasked.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name, tree_of

WORDS = "to_tsvector"
QUERIES = {"to_tsquery", "plainto_tsquery", "phraseto_tsquery", "websearch_to_tsquery"}
USUAL = "english"
BETWEEN, NOTHING = "' '", "''"


def supposed_constants(text: str, catalog: Catalog) -> Mapping[int, str]:
    """Return constants as SQL by the number of the parameter that hides them; empty where no text is searched."""
    if "$" not in text or WORDS not in text:
        return {}
    tree = tree_of(text)
    found = dict(each for call in nodes(tree, ast.FuncCall) for each in _of_words(call, _configuration(catalog)))
    if found:
        found |= dict(each for call in nodes(tree, ast.FuncCall) for each in _of_a_query(call, _configuration(catalog)))
    return found


def with_supposed(text: str, constants: Mapping[int, str]) -> str:
    """Return a statement with these constants in the place of their parameters."""
    return re.sub(r"\$(\d+)", lambda each: constants.get(int(each[1]), each[0]), text) if constants else text


def _configuration(catalog: Catalog) -> str:
    name = catalog.settings.get("default_text_search_config", "").rpartition(".")[2]
    return f"'{name if name not in {'', 'simple'} else USUAL}'"


def _of_words(call: Any, configuration: str) -> Iterator[tuple[int, str]]:
    if function_name(call) != WORDS or not any(True for _ in nodes(call, ast.ColumnRef)):
        return
    if len(call.args) > 1 and is_a(call.args[0], ast.ParamRef):
        yield call.args[0].number, configuration
    for joined in nodes(call.args[-1], ast.A_Expr):
        if joined.name[-1].sval == "||" and is_a(joined.rexpr, ast.ParamRef):
            yield joined.rexpr.number, BETWEEN
    for filled in nodes(call.args[-1], ast.CoalesceExpr):
        if is_a(filled.args[-1], ast.ParamRef):
            yield filled.args[-1].number, NOTHING


def _of_a_query(call: Any, configuration: str) -> Iterator[tuple[int, str]]:
    if function_name(call) in QUERIES and len(call.args) > 1 and is_a(call.args[0], ast.ParamRef):
        yield call.args[0].number, configuration
