"""Whether every statement of the project was found, and is what the design expects."""

from collections.abc import Iterator

from backend_architect.postgres import Session
from backend_architect.proof.evidence import Case, Group, Measure, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.plans.expected import expected_queries
from backend_architect.proof.plans.statements import Unread, read_statements
from backend_architect.proof.plans.tables import read_tables
from backend_architect.proof.probe import Probe

WRITE_OUT = (
    "write the whole text as a constant (f-strings of other constants are fine) and pass values as parameters: "
    "one text for each form, as lists with filters have it"
)
RUNTIME = ("auth.", "idempotency.", "jobs.", "health.")


def statement_list(lab: Lab) -> Iterator[Case]:
    """Give a case for the whole list, and one for each text that could not be read."""
    found = read_statements(lab)
    with Session(lab.database()) as session:
        expected = {query.name for query in expected_queries(lab.subject.design, read_tables(session))}
    names = {statement.name for statement in found.statements}
    missing = sorted(expected - names)
    own = sorted(name for name in names - expected if not name.startswith(RUNTIME))
    known = "all" if not missing else f"{len(expected & names)} of the"
    summary = f"{len(found.statements)} statements, including {known} {len(expected)} from the design"
    if missing:
        summary += f"; missing: {', '.join(missing)}"
    if own:
        summary += f"; the project's own: {', '.join(own)}"
    measure = Measure("statements", float(len(found.statements)))
    yield Case("the list of statements", Verdict.HELD, "every statement is found", summary, measures=(measure,))
    yield from (_unread(each) for each in found.unread)


def _unread(each: Unread) -> Case:
    actual = f"its text depends on {each.because}, which is only known when it runs: it was not planned"
    return Case(
        f"{each.file}:{each.line}", Verdict.FAILED, "the text of a statement is fixed", actual, advice=WRITE_OUT
    )


PROBE = Probe("statements", Group.PLANS, "every statement is found in the project's files", statement_list)
