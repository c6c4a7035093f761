"""Both statements run on made-up rows, and their rows compared: for each kind of trial, what it found."""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from backend_architect.postgres import Connection
from backend_architect.postgres.catalog import Catalog
from backend_architect.postgres.rows_as_text import Row, rows_as_text
from backend_architect.sql.statement_facts import tree_of
from backend_architect.tune.rewrites.model import CannotRewrite, Joined, Lookups, Pages, SameRows
from backend_architect.tune.rewrites.trial.parameters import filled, values_of
from backend_architect.tune.rewrites.trial.values import value_sql

RUNS = 3
JOINED_RUNS = 2
LOOKED_UP = 40
MOST_PAGES = 400
FEWEST_PAGES = 3
LARGEST_PAGE = 20
ABSENT = 90_000  # the number of a value that no row holds
Values = Mapping[int, str | None]


@dataclass(frozen=True, slots=True)
class RowComparison:
    """Whether the rows were the same, how many of the first statement's were compared, and on what."""

    same: bool
    rows: int
    description: str


class Runner:
    """Runs the statements of trials on one connection."""

    def __init__(self, connection: Connection, catalog: Catalog) -> None:
        self.connection, self.catalog = connection, catalog

    async def rows(self, sql: str, values: Values) -> list[Row]:
        """Return the rows of a statement, its parameters filled."""
        return await rows_as_text(self.connection, filled(sql, values))

    async def choices(self, sql: str, *others: str, without: int = 0) -> list[Values]:
        """Return several sets of values for the parameters of statements that share them."""
        found: dict[int, tuple[str | None, ...]] = {}
        for each in (sql, *others):
            known = await values_of(self.connection, tree_of(each), self.catalog) if each else {}
            found = {**known, **found}
        found = {number: values for number, values in found.items() if number != without}
        return list(islice(_varied(found), RUNS))


async def compare_same_rows(run: Runner, trial: SameRows) -> RowComparison:
    """Run both with several parameters; a write is taken back before the other runs."""
    count = runs = 0
    for values in await run.choices(trial.before):
        before = await _taken_back(run, lambda values=values: run.rows(trial.before, values))  # type: ignore[misc]
        after = await _taken_back(run, lambda values=values: run.rows(trial.after, values))  # type: ignore[misc]
        count, runs = count + len(before), runs + 1
        if Counter(before) != Counter(after) or not await _same_order(run, trial, values):
            return RowComparison(False, count, "")
    return RowComparison(True, count, f"{_rows(count)} in {_times(runs)}")


async def _same_order(run: Runner, trial: SameRows, values: Values) -> bool:
    """Return whether the first rows of both have the same keys in the same order; ties may fall in any."""
    if not trial.keys:
        return True
    before, after = await run.rows(trial.before_bounded, values), await run.rows(trial.after_bounded, values)
    return [_at(row, trial.keys) for row in before] == [_at(row, trial.keys) for row in after]


async def compare_pages(run: Runner, trial: Pages) -> RowComparison:
    """Walk all pages to the end, with several parameters, and compare them with the whole list."""
    count = pages = runs = 0
    for chosen in await run.choices(trial.whole):
        values = dict(chosen)
        whole, ordered = await run.rows(trial.whole, values), await run.rows(trial.ordered, values)
        walked: list[Row] = []
        values = {**values, trial.size: str(_page_size(len(whole)))}
        page = await run.rows(trial.first, values)
        while page and pages < MOST_PAGES * RUNS and len(walked) <= len(whole):
            walked += page
            pages += 1
            cursor = {trial.parameter + at: page[-1][place] for at, place in enumerate(trial.cursor)}
            page = await run.rows(trial.after, {**values, **cursor})
        given = trial.cursor[: trial.keys]
        in_order = [_at(row, given) for row in whole] == [_at(row, given) for row in walked]
        count, runs = count + len(whole), runs + 1
        if walked != ordered or Counter(whole) != Counter(walked) or not in_order:
            return RowComparison(False, count, "")
    if pages < FEWEST_PAGES * runs:
        raise CannotRewrite("the generated rows that it finds are too few for several pages")
    return RowComparison(True, count, f"{_rows(count)} on {pages} pages")


def _page_size(rows: int) -> int:
    return min(LARGEST_PAGE, max(1, rows // 5))


async def compare_lookups(run: Runner, trial: Lookups) -> RowComparison:
    """Look up keys one after the other and all at once, one of them absent, and compare what each has found."""
    schema, table, name = trial.column
    column = next(
        own for each in run.catalog.tables if (each.schema, each.name) == (schema, table) if (own := each.column(name))
    )
    absent = (await rows_as_text(run.connection, f"SELECT {value_sql(column.type, str(ABSENT))}::text"))[0][0]
    count = runs = 0
    for values in await run.choices(trial.lookup, without=trial.parameter):
        known = (await values_of(run.connection, tree_of(trial.lookup), run.catalog))[trial.parameter]
        keys = [*known, absent]
        expected: list[Row] = []
        for key in keys:
            found = await run.rows(trial.lookup, {**values, trial.parameter: key})
            expected += [_with_key(row, key, trial) for row in found]
        array = _array(keys)
        batched = await run.rows(trial.batched, {**values, trial.parameter: array})
        count, runs = count + len(expected), runs + 1
        if Counter(expected) != Counter(batched):
            return RowComparison(False, count, "")
    return RowComparison(True, count, f"{_rows(count)} of {len(keys)} keys in {_times(runs)}")


def _with_key(row: Row, key: str | None, trial: Lookups) -> Row:
    """Return a row of one lookup as the batch returns it: with its key."""
    if trial.in_front:
        return (key, *row)
    return row if len(row) > trial.key else (*row, key)


async def compare_joined(run: Runner, trial: Joined) -> RowComparison:
    """Run the list and a lookup for each of its rows, and compare with the joined list, row by row."""
    count = 0
    choices = await run.choices(trial.listed_with_key, trial.lookup, without=trial.parameter)
    for values in choices[:JOINED_RUNS]:
        listed, joined = await run.rows(trial.listed_with_key, values), await run.rows(trial.joined, values)
        if Counter(row[:-1] for row in listed) != Counter(row[: len(row) - _added(listed, joined)] for row in joined):
            return RowComparison(False, count, "")
        chosen = set(list(dict.fromkeys(row[:-1] for row in listed))[:LOOKED_UP])
        expected: list[Row] = []
        for row in listed:
            expected += await _looked_up(run, trial, row, values) if row[:-1] in chosen else []
        found = [row for row in joined if row[: len(row) - _added(listed, joined)] in chosen]
        count += len(expected)
        if Counter(expected) != Counter(await _normal(run, trial, found)):
            return RowComparison(False, count, "")
    return RowComparison(True, count, f"{_rows(count)} of the list, each with its lookup")


def _added(listed: Sequence[Row], joined: Sequence[Row]) -> int:
    """Return how many columns the join has put behind the list's own."""
    return len(joined[0]) - len(listed[0]) + 1 if listed and joined else 0


async def _looked_up(run: Runner, trial: Joined, row: Row, values: Values) -> list[Row]:
    """Return a row of the list with what its lookup gives: columns, NULLs where there is none, or an array."""
    given = {**values, trial.parameter: row[-1]}
    if trial.as_json:
        sql = filled(trial.lookup, given)
        array = await rows_as_text(run.connection, f"{SORTED_JSON.format(rows=f'({sql})')}")
        return [(*row[:-1], array[0][0])]
    found = await run.rows(trial.lookup, given)
    width = len(found[0]) if found else await _width(run, trial, given)
    return [(*row[:-1], *each) for each in found or [(None,) * width]]


SORTED_JSON = "SELECT coalesce(jsonb_agg(j ORDER BY j), '[]') FROM (SELECT to_jsonb(r) AS j FROM {rows} AS r) AS s"


async def _width(run: Runner, trial: Joined, values: Values) -> int:
    statement = await run.connection.prepare(filled(trial.lookup, values))
    return len(statement.get_attributes())


async def _normal(run: Runner, trial: Joined, joined: Sequence[Row]) -> list[Row]:
    """Return the joined rows with the elements of each array in one order: no lookup promises any."""
    if not trial.as_json:
        return list(joined)
    arrays = [row[-1] or "[]" for row in joined]
    fetched = await run.connection.fetch(
        "SELECT (SELECT coalesce(jsonb_agg(e ORDER BY e), '[]') FROM jsonb_array_elements(a::jsonb) AS e)::text "
        "FROM unnest($1::text[]) WITH ORDINALITY AS t (a, n) ORDER BY n",
        arrays,
    )
    return [(*row[:-1], sorted_one[0]) for row, sorted_one in zip(joined, fetched, strict=True)]


async def _taken_back(run: Runner, work: Callable[[], Coroutine[Any, Any, list[Row]]]) -> list[Row]:
    """Return what a statement returns, its changes taken back."""
    await run.connection.execute("SAVEPOINT before")
    rows = await work()
    await run.connection.execute("ROLLBACK TO SAVEPOINT before")
    return rows


def _varied(found: Mapping[int, tuple[str | None, ...]]) -> Iterator[Values]:
    """Yield sets of values, each parameter's going round at its own pace; only one where there is no parameter."""
    seen: set[tuple[tuple[int, str | None], ...]] = set()
    for turn in range(RUNS if any(found.values()) else 1):
        values = {
            number: choices[(turn + place) % len(choices)]
            for place, (number, choices) in enumerate(sorted(found.items()))
        }
        if tuple(values.items()) not in seen:
            seen.add(tuple(values.items()))
            yield values


def _at(row: Row, places: Sequence[int]) -> Row:
    return tuple(row[place] for place in places)


def _array(values: Sequence[str | None]) -> str:
    quoted = ['"' + (each or "").replace("\\", "\\\\").replace('"', '\\"') + '"' for each in values]
    return "{" + ",".join(quoted) + "}"


def _times(runs: int) -> str:
    return "1 run" if runs == 1 else f"{runs} runs"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
