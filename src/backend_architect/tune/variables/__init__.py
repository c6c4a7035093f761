"""Statements of PL/pgSQL, in which names of variables stand → the same with parameters in their place.

The server counts and logs such statements as the function has them: `WHERE country = c`, `WHERE id = NEW.item`.
"""

from collections.abc import Iterator
from dataclasses import replace

from pglast import ast
from pglast.parser import scan

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import nodes, parse
from backend_architect.tune.variables.find import variables_in
from backend_architect.tune.workload import Statement, Workload

MIN_VERSION = 14
"""The version from which pg_stat_statements tells which statements ran inside functions."""
NOTE = "{:,} statements name variables of a function ({}): they are planned as parameters"
MAX_NAMES = 4


def with_parameters(workload: Workload, catalog: Catalog) -> Workload:
    """Return the workload, its variables as parameters; a note says how many statements have some, and which."""
    counted = workload.source == "pg_stat_statements" and catalog.version >= MIN_VERSION
    found = {
        each.id: changed
        for each in workload.statements
        if (each.nested_ms or not counted) and (changed := _changed(each, catalog)) is not None
    }
    if not found:
        return workload
    names = sorted({name for _, own in found.values() for name in own})
    shown = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    statements = tuple(found[each.id][0] if each.id in found else each for each in workload.statements)
    return replace(workload, statements=statements, notes=(*workload.notes, NOTE.format(len(found), shown)))


def _changed(statement: Statement, catalog: Catalog) -> tuple[Statement, tuple[str, ...]] | None:
    """Return a statement with parameters in the place of its variables, and their names; None without any."""
    trees = parse(statement.text)
    if not trees or len(trees) != 1:
        return None
    try:
        places = sorted(variables_in(trees[0], catalog))
    except Exception:  # noqa: BLE001 - of a statement that nobody foresaw nothing is changed
        return None
    if not places:
        return None
    highest = max((each.number for each in nodes(trees[0], ast.ParamRef)), default=0)
    names = dict.fromkeys(name for _, name in places)
    numbers = {name: highest + place for place, name in enumerate(names, 1)}
    text = statement.text
    for (start, name), end in reversed(list(zip(places, _ends(statement.text, places), strict=True))):
        text = f"{text[:start]}${numbers[name]}{text[end:]}"
    return replace(statement, text=text), tuple(names)


def _ends(text: str, places: list[tuple[int, str]]) -> Iterator[int]:
    """Yield where each name ends: it is one word, or several with dots between them."""
    tokens = scan(text)
    begins = {token.start: number for number, token in enumerate(tokens)}
    for start, name in places:
        yield tokens[begins[start] + 2 * name.count(".")].end + 1
