"""What in a design makes no sense: every problem of meaning at once, each with its place and the way out.

One check a file; each takes the loaded design and yields problems. `CHECKS` is all of them, in the order of reading.
"""

from collections.abc import Callable, Iterable, Mapping

from backend_architect.design.check.account import check_account
from backend_architect.design.check.actions import check_actions
from backend_architect.design.check.bounds import check_bounds
from backend_architect.design.check.cases import check_cases
from backend_architect.design.check.counts import check_counts
from backend_architect.design.check.creation import check_creation
from backend_architect.design.check.custom import check_custom
from backend_architect.design.check.cycles import check_cycles
from backend_architect.design.check.defaults import check_defaults
from backend_architect.design.check.edges import check_edges
from backend_architect.design.check.effects import check_effects
from backend_architect.design.check.events import check_events
from backend_architect.design.check.expressions import check_expressions
from backend_architect.design.check.hidden_clashes import check_hidden_clashes
from backend_architect.design.check.hidden_lists import check_hidden_lists
from backend_architect.design.check.hidden_values import check_hidden_values
from backend_architect.design.check.inputs import check_inputs
from backend_architect.design.check.limits import check_limits
from backend_architect.design.check.list_caches import check_list_caches
from backend_architect.design.check.list_orders import check_list_orders
from backend_architect.design.check.lists import check_lists
from backend_architect.design.check.names import check_names
from backend_architect.design.check.pins import check_pins
from backend_architect.design.check.plurals import check_plurals
from backend_architect.design.check.references import check_references
from backend_architect.design.check.routes import check_routes
from backend_architect.design.check.set_values import check_set_values
from backend_architect.design.check.size import check_size
from backend_architect.design.check.states import check_states
from backend_architect.design.check.uniqueness import check_uniqueness
from backend_architect.design.load import LoadedDesign
from backend_architect.errors import Problem

CHECKS: tuple[Callable[[LoadedDesign], Iterable[Problem]], ...] = (
    check_size,
    check_names,
    check_plurals,
    check_account,
    check_bounds,
    check_defaults,
    check_references,
    check_cycles,
    check_uniqueness,
    check_counts,
    check_expressions,
    check_inputs,
    check_set_values,
    check_creation,
    check_effects,
    check_states,
    check_actions,
    check_edges,
    check_lists,
    check_list_orders,
    check_list_caches,
    check_hidden_lists,
    check_hidden_values,
    check_hidden_clashes,
    check_routes,
    check_limits,
    check_events,
    check_custom,
    check_cases,
)


def check_design(
    loaded: LoadedDesign, *, decisions: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Problem, ...]:
    """Return every problem of meaning, in the order of the file.

    `decisions` holds the answers that each decision can have; `pin` is checked only against these.
    """
    found = [problem for check in CHECKS for problem in check(loaded)]
    if decisions is not None:
        found += check_pins(loaded, decisions)
    distinct = dict.fromkeys(found)
    return tuple(sorted(distinct, key=lambda problem: (problem.place.line, problem.place.column, problem.code)))
