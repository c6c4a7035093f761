"""A project's statements on rows: tables filled, every statement run on them, and planned on the twin at each size."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from backend_architect.planner_twin import grow, make_twin, read_references, read_statistics
from backend_architect.postgres import Refused, Session
from backend_architect.proof.lab import Lab
from backend_architect.proof.plans.advice import with_findings, with_indexes
from backend_architect.proof.plans.arguments import Picker, literal
from backend_architect.proof.plans.coalesced import CandidateRead, ReadTogether, read_together
from backend_architect.proof.plans.expected import cached_seconds
from backend_architect.proof.plans.fill_tables import fill
from backend_architect.proof.plans.judge import judge
from backend_architect.proof.plans.parameter_roles import ParameterUse, Role, read_parameter_roles
from backend_architect.proof.plans.run_statement import MeasuredRun, PreparedStatement, prepare, run
from backend_architect.proof.plans.scaled_plans import Projection, with_values
from backend_architect.proof.plans.sizes import RowCounts, sizes_of
from backend_architect.proof.plans.statements import ProjectStatement, read_statements
from backend_architect.proof.plans.tables import Tables, read_tables
from backend_architect.proof.plans.thresholds import SIZES
from backend_architect.proof.plans.view import StatementView
from backend_architect.proof.plans.work import Work
from backend_architect.sql.statement_facts import tree_of

TYPICAL, BUSIEST = "a typical caller", "the busiest"
CALLERS = {TYPICAL: False, BUSIEST: True}
WRITTEN_OUT = frozenset({Role.LIMIT, Role.OFFSET, Role.SEARCH, Role.BELOW, Role.ABOVE})
"""Parameters that a planner must know to see what it would see: the page, its start, and the words looked for."""


@dataclass(frozen=True, slots=True)
class Studied:
    """Every statement that was planned, those that the database refused and why, and the seconds of each step.

    `together` are the reads that the project lets meet, planned for several.
    """

    views: tuple[StatementView, ...]
    together: tuple[ReadTogether, ...]
    refused: tuple[tuple[ProjectStatement, str], ...]
    filled: int
    declared: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Ready:
    statement: ProjectStatement
    uses: tuple[ParameterUse, ...]
    types: tuple[str, ...]
    planned: str
    runs: Mapping[str, MeasuredRun]
    not_run: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A migrated database with rows in it, another without, and how many rows there are and would be."""

    url: str
    empty: str
    sizes: RowCounts

    @property
    def name(self) -> str:
        """Return the filled database's name."""
        return name_in(self.url)


@dataclass
class _Study:
    lab: Lab
    filled: Filled
    seconds: dict[str, float] = field(default_factory=dict)
    refused: list[tuple[ProjectStatement, str]] = field(default_factory=list)


def fill_database(lab: Lab) -> Filled:
    """Return a new database of the project with rows shaped as its design declares them."""
    url, empty = lab.database(), lab.database()
    with Session(url) as session:
        tables = read_tables(session)
        sizes = sizes_of(lab.subject.design, tables)
        fill(session, lab.subject.design, tables, sizes)
    return Filled(url, empty, sizes)


def study(lab: Lab, filled: Filled | None = None) -> Studied:
    """Return what every statement of the project does, on a filled database of its own or on the one given."""
    seconds: dict[str, float] = {}
    with timed(seconds, "tables filled"):
        filled = filled or fill_database(lab)
    found = _Study(lab, filled, seconds)
    with timed(seconds, "statements read"):
        statements = read_statements(lab).statements
    with Session(filled.url) as session:
        tables = read_tables(session)
        with timed(seconds, "statements run"):
            ready = _run_all(found, session, statements, tables)
    with timed(seconds, "reads put together"):
        together = read_together(lab, [CandidateRead(each.statement, each.planned, each.types) for each in ready])
    views = _plan_all(found, ready, together, tables)
    rows = round(sum(table.rows for table in tables))
    return Studied(
        tuple(views), tuple(together), tuple(found.refused), rows, sum(filled.sizes.declared.values()), seconds
    )


def name_in(url: str) -> str:
    """Return the name of the database that an embedded server's URL is for."""
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]


@contextmanager
def timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    """Note how long the block takes."""
    started = time.monotonic()
    yield
    seconds[step] = time.monotonic() - started


def _run_all(found: _Study, session: Session, statements: tuple[ProjectStatement, ...], tables: Tables) -> list[_Ready]:
    account = found.lab.subject.design.account
    picker = Picker(session, tables, account.table if account else "")
    ready = []
    for number, statement in enumerate(statements):
        try:
            uses = read_parameter_roles(tree_of(statement.sql), tables)
            prepared = prepare(session, number, statement.sql)
        except Refused as error:
            found.refused.append((statement, str(error)))
            continue
        runs: dict[str, MeasuredRun] = {}
        not_run: dict[str, str] = {}
        for who, busy in CALLERS.items():
            try:
                runs[who] = run(session, prepared, picker, uses, busy=busy)
            except Refused as error:  # no values were found that it takes: it is planned all the same
                not_run[who] = str(error)
        if BUSIEST in runs and any(use.role is Role.SEARCH for use in uses):
            runs[BUSIEST] = _worst_search(session, prepared, picker, uses, runs[BUSIEST])
        planned = _planned(statement, uses, prepared, picker)
        ready.append(_Ready(statement, uses, prepared.types, planned, runs, not_run))
    return ready


def _worst_search(
    session: Session, prepared: PreparedStatement, picker: Picker, uses: tuple[ParameterUse, ...], common: MeasuredRun
) -> MeasuredRun:
    """Return the run of a search that read the most: for a common word, or for two that never meet in a row."""
    apart = picker.words_apart()
    if not apart:
        return common
    found = run(session, prepared, replace(picker, words=apart), uses, busy=True)
    return max(common, found, key=lambda each: each.rows_read)


def _planned(
    statement: ProjectStatement, uses: tuple[ParameterUse, ...], prepared: PreparedStatement, picker: Picker
) -> str:
    """Return the statement with what the planner must know written out, for a usual page and the commonest word."""
    values = {
        use.parameter: literal(picker.value(use, prepared.types[use.parameter - 1]), prepared.types[use.parameter - 1])
        for use in uses
        if use.role in WRITTEN_OUT
    }
    return with_values(statement.sql, values)


def _plan_all(
    found: _Study, ready: list[_Ready], together: Sequence[ReadTogether], tables: Tables
) -> list[StatementView]:
    sizes = found.filled.sizes
    with Session(found.filled.url) as session:
        base, references = read_statistics(session), read_references(session)
    works: dict[str, dict[int, Work]] = {}
    rows: dict[int, Mapping[str, float]] = {}
    with timed(found.seconds, "twin made"):
        twin = make_twin(found.lab.server, name_in(found.filled.empty), grow(base, sizes.at(SIZES[0]), references))
    with timed(found.seconds, "statements planned"), twin:
        for size in SIZES:
            grown = grow(base, sizes.at(size), references)
            if size != SIZES[0]:
                twin.resize(grown)
            projection = Projection(twin, grown)
            rows[size] = {table.name: table.rows for table in grown.tables}
            for each in ready:
                works.setdefault(each.statement.sql, {})[size] = projection.work(each.planned, each.types)
            for read in together:
                read.plan(projection, size)
        views = with_findings(_views(found, ready, tables, works, rows), grown)
        failing = [view for view in views if judge(view)]
        advised = with_indexes(failing, grown, {each.statement.place: each.planned for each in ready}, twin)
    by_place = {view.statement.place: view for view in advised}
    return [by_place.get(view.statement.place, view) for view in views]


def _views(
    found: _Study,
    ready: Sequence[_Ready],
    tables: Tables,
    works: Mapping[str, Mapping[int, Work]],
    rows: Mapping[int, Mapping[str, float]],
) -> list[StatementView]:
    cached = cached_seconds(found.lab.subject.design, tables)
    return [
        StatementView(
            each.statement,
            tree_of(each.statement.sql),
            tables,
            works[each.statement.sql],
            rows,
            each.runs,
            each.not_run,
            cached.get(each.statement.name, 0),
        )
        for each in ready
    ]
