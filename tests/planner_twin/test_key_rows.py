"""How many values are in rows that nobody saw, and in how many rows each key stands."""

import random
from collections import Counter

import pytest

from backend_architect.planner_twin.copy.combined import unseen
from backend_architect.planner_twin.leaf_pages import used_a_page
from backend_architect.planner_twin.model import ColumnStatistics
from backend_architect.planner_twin.value_bytes import value_bytes


@pytest.mark.parametrize("values", [500, 20_000, 200_000])
def test_unseen_values_are_estimated_from_those_seen_once_and_twice(values: int) -> None:
    draw = random.Random(1)
    rows = [draw.randrange(values) for _ in range(400_000)]
    seen = Counter(Counter(rows[:30_000]).values())
    estimated = sum(seen.values()) + unseen(seen[1], seen[2], 400_000 / 30_000 - 1)
    assert estimated == pytest.approx(len(set(rows)), rel=0.06)


def test_values_that_stand_together_on_a_page_are_as_many_more_as_pages() -> None:
    assert unseen(8_000, 0, 199) == pytest.approx(8_000 * 199, rel=0.03)


def test_nothing_is_unseen_where_all_was_read() -> None:
    assert unseen(100, 10, 0.0) == 0


def test_pages_of_equal_entries_are_filled_to_nine_tenths() -> None:
    assert used_a_page([(16, 0)] * 2_000, 90) == 366 * 20


def test_a_long_list_of_rows_does_not_count_towards_a_full_page() -> None:
    assert used_a_page([(808, 792)] * 200, 90) == 9 * 812


def test_the_bytes_of_numbers_follow_their_digits() -> None:
    values = '{"0.00","0.05","12345.67","1.5"}'
    column = ColumnStatistics(
        "price", "numeric", -1, 4, inherited=False, null_frac=0.0, avg_width=6, n_distinct=4, histogram_bounds=values
    )
    assert dict(value_bytes(column)) == {3: 0.25, 5: 0.25, 7: 0.25, 9: 0.25}
