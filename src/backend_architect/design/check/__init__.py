"""What in a design makes no sense: every problem of meaning at once, each with its place and the way out.

One check a file; each takes the loaded design and yields problems. `CHECKS` is all of them, in the order of reading.
"""

from collections.abc import Callable, Iterable, Mapping

from ...errors import Problem
from ..load import LoadedDesign
from .account import check_account
from .bounds import check_bounds
from .cases import check_cases
from .counts import check_counts
from .creation import check_creation
from .custom import check_custom
from .cycles import check_cycles
from .defaults import check_defaults
from .edges import check_edges
from .effects import check_effects
from .events import check_events
from .expressions import check_expressions
from .inputs import check_inputs
from .limits import check_limits
from .list_orders import check_list_orders
from .lists import check_lists
from .names import check_names
from .pins import check_pins
from .plurals import check_plurals
from .references import check_references
from .routes import check_routes
from .size import check_size
from .uniqueness import check_uniqueness

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
    check_creation,
    check_effects,
    check_edges,
    check_lists,
    check_list_orders,
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
