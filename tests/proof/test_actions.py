"""The probe of actions holds on a built project, and finds each copy that is weakened in just one point."""

import pytest

from backend_architect.proof import Verdict
from tests.proof.conftest import Prove, Weaken
from tests.proof.test_access import failed

pytestmark = pytest.mark.slow

QUERIES, ROUTES = "app/orders/queries.py", "app/orders/routes.py"
SHIPS = "return ok(await queries.ship(db, order_id, sent, me))\n\n    return await once(db, me, act)"
# what is weak: the file, the text that makes it strong, what a hasty edit leaves of it, and a case that then fails
WEAKENED = {
    "who": (QUERIES, "orders.*, (:is_staff) IS TRUE AS allowed_", "orders.*, true AS allowed_", "ship of placed"),
    "state": (QUERIES, "orders.state = 'placed' AS in_state_", "true AS in_state_", "ship of cart"),
    "condition": (QUERIES, ") > 0) IS TRUE AS in_stock_", ") > -1) IS TRUE AS in_stock_", "reserve of cart"),
    "code": (QUERIES, '"in_stock_", "in-stock"', '"in_stock_", "conflict"', "reserve of cart"),
    "lock": (QUERIES, "    FOR NO KEY UPDATE OF orders\n", "", "ship by 50 at once"),
    "lock before": (QUERIES, "await tx.execute(PLACE_LOCK, id=order_id)", "pass", "place by 50 at once"),
    "key": (ROUTES, SHIPS, SHIPS.replace("once(db, me, act)", "act(db)"), "ship twice under one key"),
}


def test_the_actions_of_a_built_project_hold(built: object, proven: Prove) -> None:
    assert callable(built)
    result = proven(built("acting"), "actions")
    assert result.verdict is Verdict.HELD, failed(result)
    assert len(result.cases) == 3 * 3 * 5 + 2 * 2  # nobody can reserve what there is none of: no race, no key


@pytest.mark.parametrize("weakness", WEAKENED)
def test_a_weakness_is_found(weakness: str, weaken: Weaken, proven: Prove) -> None:
    file, old, new, title = WEAKENED[weakness]
    folder = weaken(file, old, new, example="acting")
    result = proven(folder, "actions")
    assert result.verdict is Verdict.FAILED, result
    assert any(title in each for each in failed(result)), failed(result)
    assert len(failed(result)) < len(result.cases)
