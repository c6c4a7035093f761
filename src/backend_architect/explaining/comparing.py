"""Whether the compiled rules say what their text says, on the small cases of each."""

from collections.abc import Iterator

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.load import LoadedDesign
from backend_architect.errors import Problem
from backend_architect.explaining.evaluate_cases import ExplanationDatabase, small_database
from backend_architect.explaining.rules import NamedRule, rules_of
from backend_architect.oracle.cases import Cases, cases_of
from backend_architect.queries.text import StatementText

MAX_DIFFERENCES = 60
"""Cases of one rule; `architect explain` asks more."""


def compare_readings(loaded: LoadedDesign) -> tuple[Problem, ...]:
    """Return a problem for each rule whose compiled form lets in other callers than its text does."""
    with small_database(loaded.design) as asked:
        return tuple(problem for rule in rules_of(loaded.design) for problem in _compared(loaded, rule, asked))


def _compared(loaded: LoadedDesign, rule: NamedRule, asked: ExplanationDatabase) -> Iterator[Problem]:
    cases = cases_of(loaded.design, rule.row, rule.text, action=rule.action, most=MAX_DIFFERENCES)
    statement = StatementText()
    sql = statement.rule(resolve_rule(loaded.design, rule.row, rule.text))
    compiled = asked.compiled(cases, sql, [param.name for param in statement.params])
    for number, (mine, theirs) in enumerate(zip(compiled, asked.oracle(cases, rule.text), strict=True)):
        for caller, one, other in zip(cases.callers, mine, theirs, strict=True):
            if (one is True) is not (other is True):
                yield loaded.problem(
                    "readings-differ",
                    rule.path,
                    f"`{rule.name}` is compiled wrongly: {_case_text(cases, number)}, as {caller}, it "
                    f"{'lets in' if one is True else 'refuses'}, and its text does not",
                    "write the rule in another way, and please report it",
                )
                return


def _case_text(cases: Cases, number: int) -> str:
    shown = zip(cases.columns, cases.cases[number].shown, strict=True)
    return ", ".join(f"{column} {value}" for column, value in shown) or "whatever the row holds"
