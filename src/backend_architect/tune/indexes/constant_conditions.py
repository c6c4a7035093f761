"""What a statement asks of its tables in every call, whatever it was planned with."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import tree_of
from backend_architect.tune.indexes.table_predicates import TablePredicates, accesses_in
from backend_architect.tune.named_constants import Named, constants_of, with_named_constants
from backend_architect.tune.plannable import plannable
from backend_architect.tune.supposed_constants import supposed_constants, with_supposed
from backend_architect.tune.workload import Statement, Workload

PARAMETER = re.compile(r"\$\d")
Predicates = tuple[tuple[TablePredicates, ...], str]
"""The accesses of a statement, and why there are no more: '' where there are all."""


class StatementPredicates(Mapping[str, Predicates]):
    """What each statement of a workload asks, by its id; of thousands only those are taken apart that are looked at.

    Where nothing in the workload is a parameter, a value may be one call's: it is the condition of a partial index only
    where two statements write the same one, and none another.
    """

    def __init__(self, workload: Workload | None, catalog: Catalog) -> None:
        self._statements = {each.id: each for each in workload.statements} if workload else {}
        self._catalog = catalog
        self._found: dict[str, Predicates] = {}

    def __getitem__(self, statement_id: str) -> Predicates:
        accesses, reason = self._all(statement_id)
        if self._written is None:
            return accesses, reason
        return tuple(_without_samples(each, self._written) for each in accesses), reason

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)

    def named(self, statement: Statement) -> Statement:
        """Return a statement with the constants that its parameters hide, as indexes name them or as supposed."""
        text = with_named_constants(statement.text, self._catalog, self._constants)
        return replace(statement, text=with_supposed(text, self._supposed(statement, text)))

    def supposed(self, statement: Statement) -> str:
        """Return the constants that are supposed of a statement, '' where none are."""
        text = with_named_constants(statement.text, self._catalog, self._constants)
        return " and ".join(dict.fromkeys(self._supposed(statement, text).values()))

    def _supposed(self, statement: Statement, text: str) -> Mapping[int, str]:
        return {} if statement.examples else supposed_constants(text, self._catalog)

    def _all(self, statement_id: str) -> Predicates:
        if statement_id not in self._found:
            self._found[statement_id] = asks_of(self.named(self._statements[statement_id]), self._catalog)
        return self._found[statement_id]

    @cached_property
    def _constants(self) -> Named:
        return constants_of(self._catalog)

    @cached_property
    def _written(self) -> Counter[tuple[str, str, str]] | None:
        """How many statements write each condition, by its table; None where some statement has parameters."""
        if any(PARAMETER.search(each.text) for each in self._statements.values()):
            return None
        return Counter(
            place
            for own in self._statements
            for place in {_place(each, fixed.sql) for each in self._all(own)[0] for fixed in each.fixed if fixed.valued}
        )


def asks_of(statement: Statement, catalog: Catalog) -> Predicates:
    """Return what a statement asks of its tables, and why it cannot be taken apart: '' where it can.

    A value that stands for a parameter while it is planned is one call's: no index may hold it as its condition or in
    its expression, or the next call would not find its rows there.
    """
    accesses, reason = _read(statement, catalog)
    if not statement.examples:
        return accesses, reason
    written = {
        _place(each, fixed.sql) for each in _read(replace(statement, examples=()), catalog)[0] for fixed in each.fixed
    }
    return tuple(_only(each, written) for each in accesses), reason


def names_no_table(sql: str) -> bool:
    """Return whether a statement only calls functions: no index changes what it costs."""
    return not any(True for _ in nodes(tree_of(sql), ast.RangeVar))


def _read(statement: Statement, catalog: Catalog) -> Predicates:
    return accesses_in(tree_of(plannable(statement, catalog).sql), catalog)


def _only(access: TablePredicates, written: set[tuple[str, str, str]]) -> TablePredicates:
    return replace(access, fixed=tuple(each for each in access.fixed if _place(access, each.sql) in written))


def _without_samples(access: TablePredicates, written: Counter[tuple[str, str, str]]) -> TablePredicates:
    others = Counter((place[:2], place[2].split(" ")[0]) for place in written)
    kept = tuple(
        each
        for each in access.fixed
        if not each.valued
        or (
            written[_place(access, each.sql)] > 1
            and others[(access.table.schema, access.table.name), each.sql.split(" ")[0]] == 1
        )
    )
    return replace(access, fixed=kept)


def _place(access: TablePredicates, condition: str) -> tuple[str, str, str]:
    return access.table.schema, access.table.name, condition
