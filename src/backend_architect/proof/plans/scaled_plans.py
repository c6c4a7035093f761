"""Statements planned on the scale twin, at each size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pglast import ast
from pglast.stream import RawStream

from backend_architect.planner_twin import Statistics, Twin
from backend_architect.postgres import Refused
from backend_architect.proof.plans.work import Work, read_work
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import tree_of


@dataclass
class Projection:
    """A twin at one size. Answers of the planner are kept."""

    twin: Twin
    statistics: Statistics
    _found: dict[tuple[str, str, str], float | None] = field(default_factory=dict)

    def work(self, sql: str, types: Sequence[str]) -> Work:
        """Return what a statement would do; raises what the planner refuses it with."""
        return read_work(self.twin.explain(sql, types or None, verbose=True), self.statistics.by_name, self.probe)

    def probe(self, table: str, alias: str, condition: str) -> float | None:
        """Return the rows that a condition finds; what it compares with other tables is taken as unknown."""
        key = (table, alias, condition)
        if key not in self._found:
            self._found[key] = self._ask(table, alias, condition)
        return self._found[key]

    def _ask(self, table: str, alias: str, condition: str) -> float | None:
        sql = _alone(table, alias, condition)
        if sql is None:
            return None
        try:
            return float(self.twin.explain(sql)["Plan Rows"])
        except Refused:
            return None


def with_values(sql: str, values: Mapping[int, str]) -> str:
    """Return the statement with some of its parameters written out."""
    text = sql.encode()
    found = sorted(nodes(tree_of(sql), ast.ParamRef), key=lambda node: -int(node.location))
    for node in found:
        if node.number in values:
            end = node.location + len(f"${node.number}")
            text = text[: node.location] + values[node.number].encode() + text[end:]
    return text.decode()


def _alone(table: str, alias: str, condition: str) -> str | None:
    """Return a statement that finds what a plan's condition finds, with parameters for everything from elsewhere."""
    select = tree_of(f'SELECT 1 FROM "{table}" AS "{alias}" WHERE {condition}')
    if select is None:
        return None
    text = f'SELECT 1 FROM "{table}" AS "{alias}" WHERE {condition}'.encode()
    elsewhere = [n for n in nodes(select.whereClause, ast.ColumnRef) if len(n.fields) > 1 and n.fields[0].sval != alias]
    written = {RawStream()(node): node for node in [*elsewhere, *nodes(select.whereClause, ast.ParamRef)]}
    numbers = {name: number for number, name in enumerate(written, 1)}
    for node in sorted([*elsewhere, *nodes(select.whereClause, ast.ParamRef)], key=lambda node: -int(node.location)):
        name = RawStream()(node)
        if not text[node.location :].startswith(name.encode()):
            return None
        text = text[: node.location] + f"${numbers[name]}".encode() + text[node.location + len(name.encode()) :]
    return text.decode()
