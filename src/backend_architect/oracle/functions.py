"""What the oracle asks PostgreSQL of a rule: a function for each rule, count, computed value and action of a row."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from backend_architect.design.model import Design, Entity, Row
from backend_architect.oracle.rewriting import condition_sql, expression_sql, over_row
from backend_architect.oracle.scopes import SCHEMA, Names, here, quoted
from backend_architect.oracle.tokens import OracleError


def functions_sql(design: Design) -> Iterator[str]:
    """Yield the SQL of every function: those whose type is known first, then the others in the order of their use."""
    rows = design.rows_by_plural.values()
    for row in rows:
        yield from _counts(design, row)
        yield from (_boolean(design, row, name, text) for name, text in conditions_of(row).items())
    values = {(row.plural, name): text for row in rows for name, text in values_of(row).items()}
    for plural, name in _in_order(design, values):
        yield _value(design, design.rows_by_plural[plural], name, values[plural, name])
    for spec in design.lists:
        if spec.where is not None and spec.of in design.entities:
            yield _boolean(design, design.entities[spec.of], f"where {spec.name}", spec.where)


def conditions_of(row: Row) -> dict[str, str]:
    """Return what is true or false of a row, by the name of its function: no name of the design has a space."""
    found = dict(row.rules)
    found |= {f"allow {action}": text for action, text in row.allow.items()}
    found |= {f"read {item.name}": item.read for item in row.fields.values() if item.read is not None}
    if isinstance(row, Entity):
        found |= {f"constraint {name}": text for name, text in row.constraints.items()}
    return found


def values_of(row: Row) -> dict[str, str]:
    """Return the values whose type PostgreSQL tells: computed ones, what the server sets, what effects change to."""
    found = {f"set {item.name}": item.set for item in row.fields.values() if item.set is not None}
    if isinstance(row, Entity):
        found |= {name: computed.sql for name, computed in row.computed.items()}
        for action, changes in row.effects.items():
            found |= {f"{action} {path}": text for path, text in changes.items()}
    return found


def _counts(design: Design, row: Row) -> Iterator[str]:
    for count in row.counts.values() if isinstance(row, Entity) else ():
        body = f"SELECT count(*) FROM {here(count.source)} AS each WHERE each.{quoted(count.via)} = ($1).id"
        yield _function(row, count.name, "bigint", body)


def _boolean(design: Design, row: Row, name: str, text: str) -> str:
    return _function(row, name, "boolean", over_row(row, condition_sql(design, row, text), "$1"))


def _function(row: Row, name: str, sql_type: str, body: str) -> str:
    returns = f"RETURNS {sql_type} LANGUAGE sql STABLE"
    return f"CREATE FUNCTION {here(name)}({here(row.plural)}) {returns} AS {literal(body)};"


def _value(design: Design, row: Row, name: str, text: str) -> str:
    expression = expression_sql(design, row, text)
    trial, body = (over_row(row, expression, value) for value in (f"NULL::{here(row.plural)}", "$1"))
    arguments = ", ".join(literal(part) for part in (name, row.plural, trial, body))
    return f"SELECT {SCHEMA}.define({arguments});"


def _in_order(design: Design, values: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
    """Return the values with those first that others look at: PostgreSQL has to know their types."""
    graph: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for (plural, name), text in values.items():
        names = Names(design)
        expression_sql(design, design.rows_by_plural[plural], text, names)
        graph[plural, name] = names.used & values.keys()
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError:
        raise OracleError("computed values go round in a circle") from None


def literal(text: str) -> str:
    """Return a text as SQL."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
