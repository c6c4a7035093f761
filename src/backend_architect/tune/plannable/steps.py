"""The steps that make a statement plannable."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pglast import ast, parse_sql

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.rewrite import rewrite
from backend_architect.tune.plannable.casts import with_casts, with_last_casts, with_typed_lists
from backend_architect.tune.plannable.columns import NamedTables, scope_of
from backend_architect.tune.plannable.grouping import with_equal_groups
from backend_architect.tune.plannable.limits import with_limits
from backend_architect.tune.plannable.lists import squashed_in, with_whole_lists
from backend_architect.tune.plannable.model import ColumnValues, PlannableStatement
from backend_architect.tune.plannable.parameters import Choice, with_literals
from backend_architect.tune.plannable.patterns import with_patterns
from backend_architect.tune.plannable.ranges import with_bounds
from backend_architect.tune.plannable.syntax import LIKES, function_of, parameters_in, renumbered, text_of
from backend_architect.tune.plannable.values import TYPICAL, value_at
from backend_architect.tune.workload import Statement

MIN_PAGES = 50  # pages
MIN_READ_SHARE = 0.5
CASES = {"lower": str.lower, "upper": str.upper}


def plannable(statement: Statement, catalog: Catalog, values: ColumnValues | None = None) -> PlannableStatement:
    """Return a statement that parses, as EXPLAIN (GENERIC_PLAN) takes it: parameters stay where nothing is known.

    `values` are what a beginning for LIKE is taken from. The text must hold one statement, as `Workload` has them; one
    that cannot be made plannable comes back as it is written, and its notes say why.
    """
    if "$" not in statement.text and not statement.rows:
        return PlannableStatement(statement.text)
    return _guarded(statement, lambda: _generic(statement, catalog, values or {}))


def with_values(statement: Statement, catalog: Catalog, values: ColumnValues | None = None) -> PlannableStatement:
    """Return a statement without parameters, for servers that have no GENERIC_PLAN (before 16).

    Each stands for a typical value of its column, of an example where there is one, else of its type.
    """
    return _guarded(statement, lambda: _valued(statement, catalog, values or {}))


def _generic(statement: Statement, catalog: Catalog, values: ColumnValues) -> PlannableStatement:
    tree, _scope, notes = _prepared(statement, catalog, values)
    return PlannableStatement(text_of(renumbered(tree)), notes)


def _valued(statement: Statement, catalog: Catalog, values: ColumnValues) -> PlannableStatement:
    tree, scope, notes = _prepared(statement, catalog, values)
    left = len(parameters_in(tree))
    tree = with_literals(tree, Choice(scope, values, _examples(statement)))
    note = (f"{left} parameters have values",) if left else ()
    return PlannableStatement(text_of(tree), (*notes, *note))


def _guarded(statement: Statement, make: Callable[[], PlannableStatement]) -> PlannableStatement:
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - one statement that nobody foresaw must not stop the others
        return PlannableStatement(statement.text, (f"as it is written: {type(error).__name__}: {error}",))


def _prepared(statement: Statement, catalog: Catalog, values: ColumnValues) -> tuple[Any, NamedTables, tuple[str, ...]]:
    tree = parse_sql(statement.text)[0].stmt
    tree = rewrite(tree, with_equal_groups)
    scope = scope_of(tree, catalog)
    rows = statement.rows / statement.calls if statement.calls and statement.rows else None
    tree, notes = with_limits(tree, rows, whole=_reads_most(statement, scope))
    tree, known = _with_known(tree, scope, statement, values)
    cast = rewrite(rewrite(with_typed_lists(tree, scope), partial(with_casts, scope=scope)), with_last_casts)
    notes += known
    if not notes and text_of(cast) != text_of(parse_sql(statement.text)[0].stmt):
        notes.append("casts where the type followed from a constant")
    return cast, scope, tuple(notes)


def _reads_most(statement: Statement, scope: NamedTables) -> bool:
    """Return whether a call reads most pages of a table that has some."""
    pages = max((table.pages for own in scope.tables.values() for table in own), default=0)
    return pages >= MIN_PAGES and bool(statement.calls) and statement.blocks / statement.calls >= MIN_READ_SHARE * pages


def _with_known(tree: Any, scope: NamedTables, statement: Statement, values: ColumnValues) -> tuple[Any, list[str]]:
    """Return a tree with the patterns, lists and ranges that are known, and what was put there."""
    examples = _examples(statement)
    squashed = squashed_in(statement.text)
    notes: list[str] = []
    sample = partial(_sample, scope=scope, values=values)

    def change(node: Any) -> Any:
        if isinstance(node, ast.A_Expr) and node.kind in LIKES and parameters_in(node.rexpr):
            node = with_patterns(node, examples, sample)
            notes.append(f"the pattern {text_of(node.rexpr)}")
        node, used = with_bounds(node, examples, scope)
        notes.extend(f"${number} = {examples[number]!r}, an example" for number in used)
        return with_whole_lists(node, squashed, _lengths(examples))

    changed = rewrite(tree, change)
    notes += [f"${number} for a whole list" for number in sorted(squashed)]
    return changed, notes


def _sample(searched: Any, *, scope: NamedTables, values: ColumnValues) -> str | None:
    """Return a typical value of the column that is searched."""
    while isinstance(searched, ast.TypeCast):
        searched = searched.arg
    if function_of(searched) in CASES and searched.args:
        inner = _sample(searched.args[0], scope=scope, values=values)
        return CASES[function_of(searched)](inner) if inner else None
    found = scope.column(searched)
    known = values.get((found[0].schema, found[0].name, found[1].name)) if found else None
    return value_at(known, TYPICAL) if known else None


def _examples(statement: Statement) -> dict[int, str]:
    """Return the values of the first example that has any, by the parameter's number."""
    first: Mapping[str, str | None] = next((each for each in statement.examples if each), {})
    return {int(name[1:]): value for name, value in first.items() if value is not None and name[1:].isdecimal()}


def _lengths(examples: Mapping[int, str]) -> dict[int, int]:
    """Return how many elements the arrays among the values have."""
    arrays = {number: value for number, value in examples.items() if value[:1] == "{" and value[-1:] == "}"}
    return {number: value.count(",") + 1 for number, value in arrays.items() if value != "{}"}
