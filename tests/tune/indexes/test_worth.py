"""Which indexes nobody would make."""

import pytest

from backend_architect.tune.indexes.choice_limits import ChoiceLimits, Saving, is_worth_it

LEAST = 100_000.0


@pytest.mark.parametrize(
    ("told", "saving", "worth"),
    [
        ("a share of the whole", Saving(1_000.0, 12.0, 10.0), True),
        ("little, of many cheap calls", Saving(100.0, 12.0, 4.0), False),
        ("little, of a small table", Saving(20.0, 20.0, 8.0), False),
        ("a rare statement that is dear", Saving(0.5, 3_000.0, 1_500.0), True),
        ("next to nothing", Saving(1.0, 20.0, 8.0), False),
    ],
)
def test_an_index_must_be_felt(told: str, saving: Saving, worth: bool) -> None:
    assert is_worth_it([saving], 0.0, least=LEAST, limits=ChoiceLimits(), replaces=False) is worth, told


def test_a_budget_is_filled_and_an_index_may_take_the_place_of_another() -> None:
    little = [Saving(100.0, 12.0, 4.0)]
    assert is_worth_it(little, 0.0, least=LEAST, limits=ChoiceLimits(budget=10**9), replaces=False)
    assert is_worth_it(little, 0.0, least=LEAST, limits=ChoiceLimits(), replaces=True)
    assert not is_worth_it(little, 790.0, least=LEAST, limits=ChoiceLimits(budget=10**9), replaces=True)
