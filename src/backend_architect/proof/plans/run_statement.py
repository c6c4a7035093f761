"""A statement run on the filled tables, in a transaction that is rolled back, under EXPLAIN ANALYZE."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backend_architect.postgres import Refused, Session
from backend_architect.proof.plans.arguments import CHANCES, Picker
from backend_architect.proof.plans.parameter_roles import ParameterUse
from backend_architect.proof.plans.work import SCANS

TIMEOUT = "2s"
CANCELLED = "57014"
READ = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """What one run showed: its plan tree as EXPLAIN gives it, and the time in milliseconds, triggers included."""

    plan: Mapping[str, Any]
    milliseconds: float

    @property
    def returned(self) -> float:
        """Return the rows of the answer."""
        return float(self.plan["Actual Rows"]) * float(self.plan["Actual Loops"])

    @property
    def buffers(self) -> int:
        """Return the pages that were touched, those of triggers left out."""
        return int(self.plan["Shared Hit Blocks"]) + int(self.plan["Shared Read Blocks"])

    @property
    def rows_read(self) -> float:
        """Return the rows that scans read, those that a filter threw away among them."""
        scans = [node for node in every_node(self.plan) if node["Node Type"] in SCANS and "Relation Name" in node]
        return sum(sum(float(node.get(name, 0)) for name in READ) * float(node["Actual Loops"]) for node in scans)

    @property
    def indexes(self) -> tuple[str, ...]:
        """Return the indexes that were used."""
        names = (str(node["Index Name"]) for node in every_node(self.plan) if "Index Name" in node)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement as the server took it, with the types that it found for the parameters."""

    name: str
    types: tuple[str, ...]


def prepare(session: Session, number: int, sql: str) -> PreparedStatement:
    """Return the statement prepared under a number; raises what the server refuses it with."""
    name = f"plan_{number}"
    session.run(f"PREPARE {name} AS {sql}")
    found = session.value("SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = $1", name)
    return PreparedStatement(name, tuple(found or ()))


def run(
    session: Session, prepared: PreparedStatement, picker: Picker, uses: tuple[ParameterUse, ...], *, busy: bool
) -> MeasuredRun:
    """Return what a run with values from the rows showed; other values are tried where some are refused."""
    refused: Exception | None = None
    for chance in range(CHANCES):
        values = picker.arguments(uses, prepared.types, busy=busy, chance=chance)
        call = f"{prepared.name}({', '.join(values)})" if values else prepared.name
        try:
            with rolled_back(session):
                found = json.loads(session.value(f"EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) EXECUTE {call}"))[0]
        except Refused as error:
            if getattr(error, "sqlstate", "") == CANCELLED:
                raise
            refused = error
            continue
        return MeasuredRun(found["Plan"], float(found["Execution Time"]))
    assert refused is not None
    raise refused


@contextmanager
def rolled_back(session: Session) -> Iterator[None]:
    """Undo all that the block does, and bound its time."""
    session.run(f"BEGIN; SET LOCAL statement_timeout = '{TIMEOUT}'")
    try:
        yield
    finally:
        session.run("ROLLBACK")


def every_node(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give each node of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from every_node(child)
