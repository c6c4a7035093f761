"""What each rule says in small cases, asked of PostgreSQL, and whether its compiled form says the same."""

from backend_architect.design.model import Design
from backend_architect.explaining.comparing import compare_readings
from backend_architect.explaining.evaluate_cases import small_database
from backend_architect.explaining.rules import chosen_rules
from backend_architect.explaining.table import TruthTable, make_table, render_table
from backend_architect.oracle.cases import cases_of

__all__ = ["TruthTable", "compare_readings", "explain_rules", "render_table"]


def explain_rules(design: Design, wanted: str) -> tuple[TruthTable, ...]:
    """Return the table of a rule, or of every rule of an entity or edge; a PostgreSQL runs as long as it takes."""
    rules = chosen_rules(design, wanted)
    with small_database(design) as asked:
        found = []
        for rule in rules:
            cases = cases_of(design, rule.row, rule.text, action=rule.action)
            found.append(make_table(rule.name, rule.text, cases, asked.oracle(cases, rule.text)))
        return tuple(found)
