"""Statements and a schema → a contract: planned on a twin at each size."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend_architect.errors import Place
from backend_architect.planner_twin.copy import Copy, Known, TableName, grow_schemas, make_copy
from backend_architect.postgres import EmbeddedServer, Refused, Session
from backend_architect.tune.advice_run import read_source, texts_of
from backend_architect.tune.contracts.assumed import assume
from backend_architect.tune.contracts.model import Contract, Contracted, Shape
from backend_architect.tune.contracts.named_statements import names_of
from backend_architect.tune.contracts.shape import shape_of
from backend_architect.tune.observe import OLDEST, READ_ONLY, observe
from backend_architect.tune.observed import Observed
from backend_architect.tune.plannable import column_values, plannable
from backend_architect.tune.reading.usable_statements import identity
from backend_architect.tune.workload import Workload

SIZES = (1.0, 10.0, 100.0)
GROWS_FROM = 1_000.0
ROWS = 10_000.0


@dataclass(frozen=True, slots=True)
class Assumed:
    """The rows of tables that have none: by name, and of all others; and the sizes at which is planned."""

    rows: Mapping[str, float] = field(default_factory=dict)
    default: float = ROWS
    sizes: Sequence[float] = SIZES


def sizes_up_to(times: float) -> tuple[float, ...]:
    """Return 1, 10, 100, … and `times` itself."""
    found = [1.0]
    while found[-1] * 10 < times:
        found.append(found[-1] * 10)
    return (*found, times) if times > 1 else tuple(found)


def make_contract(
    url: str, workload: Workload, places: Mapping[str, Place], server: EmbeddedServer, assumed: Assumed
) -> Contract:
    """Return how each statement is planned at each size. Nothing is written on the database of `url`."""
    observed = asyncio.run(observe(url, workload)).observed
    source = read_source(url, texts_of(observed))
    with Session(url, oldest=OLDEST, settings=READ_ONLY) as session:
        known = assume(session, source.known, assumed.rows, assumed.default)
    copy = make_copy(server, source.structure, known)
    with copy.twin:
        plans = _plans(copy, known, observed, assumed.sizes)
    statements = {
        name: Contracted(name, identity(each.text), *plans[each.id], places.get(each.id, Place()))
        for name, each in names_of(observed.workload.statements if observed.workload else ())
    }
    rows = {_short(each.schema, table.name): table.rows for each in known.statistics for table in each.tables}
    names = frozenset(index.name for each in known.statistics for table in each.tables for index in table.indexes)
    return Contract(dict(sorted(rows.items())), statements, names)


def _short(schema: str, table: str) -> str:
    return f"{schema}.{table}".removeprefix("public.")


def _plans(
    copy: Copy, known: Known, observed: Observed, sizes: Sequence[float]
) -> dict[str, tuple[Mapping[float, Shape], str]]:
    """Return the plans of each statement by size, or why it has none, by its id."""
    values = column_values(known.statistics)
    statements = observed.workload.statements if observed.workload else ()
    sql = {each.id: plannable(each, observed.catalog, values).sql for each in statements}
    plans: dict[str, dict[float, Shape]] = {each.id: {} for each in statements}
    refused: dict[str, str] = {}
    for times in sizes:
        _resize(copy, known, times)
        for each in statements:
            if each.id not in refused:
                try:
                    plans[each.id][times] = shape_of(copy.twin.explain(sql[each.id], verbose=True))
                except Refused as error:
                    refused[each.id], plans[each.id] = str(error), {}
    return {each.id: (plans[each.id], refused.get(each.id, "")) for each in statements}


def _resize(copy: Copy, known: Known, times: float) -> None:
    rows = {
        TableName(each.schema, table.name): table.rows * times
        for each in copy.statistics
        for table in each.tables
        if table.rows >= GROWS_FROM
    }
    copy.twin.resize(*(grow_schemas(copy.statistics, rows, known.references) if times != 1 else copy.statistics))
