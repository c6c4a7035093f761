"""Both readings of a rule say the same of every row, for everybody: the compiled one, and PostgreSQL's own.

`make properties` tries many more; what fails here, hypothesis makes as small as it can.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_architect.design import Design
from backend_architect.postgres import EmbeddedServer, Session
from tests.oracle.agreement import Tally, disagreements
from tests.oracle.designs import make_design
from tests.oracle.expressions import written
from tests.oracle.rows import Rows, make_rows

DESIGNS, EXPRESSIONS = 90, 11


@pytest.fixture(scope="module")
def database(server: EmbeddedServer) -> Iterator[Session]:
    """A connection; what is made over it is rolled back."""
    with Session(server.url()) as session:
        yield session


@dataclass(frozen=True, repr=False)
class Case:
    """A design, its rows, and expressions with the rows that they are about; what fails says the rest."""

    design: Design
    rows: Rows
    expressions: list[tuple[str, str]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a case of numbers that hypothesis chooses."""

    def choose(number: int) -> int:
        return draw(st.integers(0, number - 1))

    design = make_design(choose)
    return Case(design, make_rows(choose, design), written(choose, design, EXPRESSIONS))


@settings(max_examples=DESIGNS, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_both_readings_agree(case: Case, database: Session) -> None:
    found = disagreements(database, case.design, case.rows, case.expressions, Tally())
    assert [str(each) for each in found] == []
