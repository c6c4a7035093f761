"""What is said of a table with more rows, or fewer."""

from dataclasses import replace

import pytest

from backend_architect.planner_twin import ColumnStatistics, IndexStatistics, Statistics, TableStatistics, grow
from backend_architect.planner_twin.array_text import read_array, write_array

ID = ColumnStatistics("id", "bigint", 8, 8, False, 0.0, 8, -1.0, histogram_bounds='{"1","500","1000"}', correlation=1.0)
AUTHOR = replace(ID, attname="author", n_distinct=1000.0, correlation=0.1)
STATE = ColumnStatistics(
    "state", "text", -1, 4, False, 0.0, 5, 2.0, most_common_vals='{"done","open"}', most_common_freqs=(0.9, 0.1)
)
PEOPLE = TableStatistics(
    "people", 1000.0, 10, 1.0, (ID,), (IndexStatistics("people_pkey", "btree", 1000.0, 5, ("id",), unique=True),)
)
NOTES = TableStatistics(
    "notes",
    100_000.0,
    2000,
    0.5,
    (ID, AUTHOR, STATE),
    (
        IndexStatistics("notes_pkey", "btree", 100_000.0, 276, ("id",), unique=True, height=1),
        IndexStatistics("notes_author", "btree", 100_000.0, 90, ("author",), height=1),
    ),
)
BASE = Statistics("public", (NOTES, PEOPLE))
REFERENCES = {("notes", "author"): "people"}
TENFOLD = {"notes": 1_000_000, "people": 10_000}


def column(statistics: Statistics, name: str) -> ColumnStatistics:
    """Return a column of the notes."""
    found = statistics.by_name["notes"].column(name)
    assert found is not None
    return found


def with_author(**changes: object) -> Statistics:
    """Return the base with the notes' author changed."""
    author = replace(AUTHOR, **changes)  # type: ignore[arg-type]
    return BASE.with_table(replace(NOTES, columns=(ID, author, STATE)))


def test_the_same_rows_change_nothing() -> None:
    assert grow(BASE, {}, REFERENCES) == BASE
    assert grow(BASE, {"notes": 100_000, "people": 1000}, REFERENCES) == BASE


def test_tables_grow_as_dense_as_they_are() -> None:
    notes = grow(BASE, TENFOLD, REFERENCES).by_name["notes"]
    assert (notes.rows, notes.pages, notes.all_visible) == (1_000_000, 20_000, 0.5)


def test_a_table_of_few_pages_grows_by_the_width_of_its_rows() -> None:
    tiny = replace(PEOPLE, rows=3.0, pages=1)
    people = grow(Statistics("public", (tiny,)), {"people": 1_000_000}, {}).by_name["people"]
    assert people.pages == pytest.approx(1_000_000 * (24 + 4 + 8) / 8168, rel=0.02)


def test_a_table_without_rows_can_grow() -> None:
    bare = TableStatistics("notes", 0.0, 0, 0.0, (), (IndexStatistics("key", "btree", 0.0, 1, ("id",)),), 100)
    grown = grow(Statistics("public", (bare,)), {"notes": 1_000_000}, {}).by_name["notes"]
    assert grown.pages > 10_000
    assert grown.indexes[0].rows == 1_000_000
    assert grown.indexes[0].height == 2


def test_more_parents_are_more_values_over_a_larger_range() -> None:
    author = column(grow(BASE, TENFOLD, REFERENCES), "author")
    assert author.distinct(1_000_000) == pytest.approx(10_000, rel=0.01)
    assert author.histogram_bounds == '{"10","5000","10000"}'


def test_more_rows_of_the_same_parents_have_no_more_values_than_parents() -> None:
    """A thousand notes of 632 among a thousand people: ten times as many are of nearly all of them, and no more."""
    few = BASE.with_table(replace(NOTES, rows=1000.0, columns=(ID, replace(AUTHOR, n_distinct=-0.632), STATE)))
    author = column(grow(few, {"notes": 10_000}, REFERENCES), "author")
    assert author.distinct(10_000) == pytest.approx(1000, rel=0.01)
    assert author.histogram_bounds == AUTHOR.histogram_bounds


def test_a_base_so_small_that_all_parents_differ_does_not_say_that_they_always_will() -> None:
    ten = BASE.with_table(replace(NOTES, rows=10.0, columns=(ID, replace(AUTHOR, n_distinct=-1.0), STATE)))
    author = column(grow(ten, {"notes": 1_000_000}, REFERENCES), "author")
    assert author.distinct(1_000_000) == pytest.approx(1000, rel=0.01)


def test_what_is_unique_stays_so() -> None:
    assert column(grow(BASE, TENFOLD, REFERENCES), "id").n_distinct == -1
    key = IndexStatistics("notes_author", "btree", 1000.0, 5, ("author",), unique=True)
    one_each = BASE.with_table(
        replace(NOTES, rows=1000.0, columns=(ID, replace(AUTHOR, n_distinct=-1.0)), indexes=(key,))
    )
    author = column(grow(one_each, {"notes": 9000, "people": 10_000}, REFERENCES), "author")
    assert author.n_distinct == -1


def test_states_stay_as_they_are() -> None:
    assert column(grow(BASE, TENFOLD, REFERENCES), "state") == STATE


def test_values_that_repeat_are_of_a_kind_that_runs_out() -> None:
    """A hundred and fifty-eight names among 500 people are a choice of 168, whatever ANALYZE takes for a share."""
    name = replace(STATE, attname="state", n_distinct=-0.316, most_common_vals=None, most_common_freqs=None)
    few = BASE.with_table(replace(NOTES, rows=500.0, columns=(ID, AUTHOR, name)))
    assert column(grow(few, {"notes": 5000}, REFERENCES), "state").n_distinct == pytest.approx(168, rel=0.05)
    token = replace(name, n_distinct=-1.0)
    many = BASE.with_table(replace(NOTES, rows=500.0, columns=(ID, AUTHOR, token)))
    assert column(grow(many, {"notes": 5000}, REFERENCES), "state").n_distinct == -1


def test_common_keys_get_rarer_as_more_come_and_the_rare_are_left_out() -> None:
    """Shares that fall with the root of the rank, as when few write much: ten times the people, a third each."""
    freqs = tuple(0.05 / rank**0.5 for rank in range(1, 21))
    common = with_author(most_common_vals=write_array([str(n) for n in range(1, 21)]), most_common_freqs=freqs)
    author = column(grow(common, TENFOLD, REFERENCES), "author")
    assert author.most_common_freqs is not None
    assert author.most_common_freqs[0] == pytest.approx(0.05 / 10**0.5, rel=0.01)
    assert read_array(author.most_common_vals or "")[0] == "10"
    rare = with_author(most_common_vals='{"1","2","3"}', most_common_freqs=(0.002, 0.002, 0.002))
    author = column(grow(rare, TENFOLD, REFERENCES), "author")
    assert (author.most_common_vals, author.most_common_freqs) == (None, None)


def test_keys_that_were_all_common_become_a_range() -> None:
    """A tiny base knows each author by name; a large one has a thousand times as many."""
    all_common = with_author(
        n_distinct=4.0,
        histogram_bounds=None,
        most_common_vals='{"3","1","2","4"}',
        most_common_freqs=(0.25, 0.25, 0.25, 0.25),
    )
    author = column(grow(all_common, {"notes": 10**8, "people": 10**6}, REFERENCES), "author")
    assert author.most_common_vals is None
    assert author.histogram_bounds == '{"1000","2000","3000","4000"}'


def test_tables_can_shrink() -> None:
    common = with_author(most_common_vals='{"1","2"}', most_common_freqs=(0.2, 0.1))
    shrunk = grow(common, {"notes": 10_000, "people": 100}, REFERENCES)
    author = column(shrunk, "author")
    assert author.histogram_bounds == '{"0","50","100"}'
    assert (author.most_common_vals, author.most_common_freqs) == ('{"1","2"}', (0.2, 0.1))
    assert author.distinct(10_000) == pytest.approx(100)
    assert shrunk.by_name["notes"].pages == 200
    assert shrunk.by_name["notes"].indexes[0].pages == pytest.approx(29, abs=2)


def test_indexes_keep_what_they_are_larger_than_computed_and_get_higher() -> None:
    """An index that was filled by inserts has a third more pages than CREATE INDEX would make; it keeps the third."""
    loose = replace(NOTES.indexes[0], pages=368)
    base = BASE.with_table(replace(NOTES, indexes=(loose, NOTES.indexes[1])))
    key, author = grow(base, {**TENFOLD, "notes": 100_000_000}, REFERENCES).by_name["notes"].indexes
    assert key.pages == pytest.approx(368_000, rel=0.02)
    assert key.height == 3
    assert author.pages < key.pages / 2


def test_array_literals_survive() -> None:
    for values in (["a", 'q"uote', "back\\slash", "com,ma", "{brace}", "", " ", "NULL", "ü\n"], ["1"], []):
        assert read_array(write_array(values)) == values
    assert read_array('{a,"b c","d\\"e"}') == ["a", "b c", 'd"e']
