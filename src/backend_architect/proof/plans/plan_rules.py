"""What a statement's plans show: large tables read whole, work that grows with them, rows read to be thrown away."""

from backend_architect.proof.plans.thresholds import (
    DISCARDED,
    FREE_ROWS,
    GROWTH,
    LARGE_TABLE,
    MANY_ROWS,
    MEASURED_ROWS,
    PER_ROW,
    WINDOW_ROWS,
)
from backend_architect.proof.plans.view import (
    JUDGED_BY_TEXT,
    WHERE_TO,
    PlanFailure,
    StatementView,
    advice_text,
    rows_of,
    times,
)
from backend_architect.proof.plans.work import Read

TENFOLD = 10
SEARCH_INDEX = "the GIN index of the words"


def reads_whole_table(view: StatementView) -> PlanFailure | None:
    """Return a failure where a large table is read from its beginning to its end, at any size."""
    for size, work in view.works.items():
        for read in sorted(work.reads, key=lambda read: -read.rows):
            whole = read.method == "Seq Scan" or (not read.condition and read.method != "Bitmap Heap Scan")
            large = view.rows[size].get(read.table, 0.0) >= LARGE_TABLE
            if whole and large and read.rows > max(FREE_ROWS, read.found / 2 * read.times) and not in_window(view):
                how = "reads the whole table" if read.method == "Seq Scan" else f"walks all of {read.index}"
                return PlanFailure(f"{how}: {rows_of(read)} at {times(size)}", advise(view, read))
    return None


def walks_index(view: StatementView) -> PlanFailure | None:
    """Return a failure where an index is searched by a later column, its first one unknown: much of it is read."""
    for size, work in view.works.items():
        for read in work.reads:
            if read.skipped and read.rows > FREE_ROWS and view.rows[size].get(read.table, 0.0) >= LARGE_TABLE:
                why = (
                    f"searches {read.index} without its first column {read.skipped}: {read.rows:,.0f} entries at "
                    f"{times(size)}"
                )
                return PlanFailure(why, advise(view, read))
    return None


def throws_away(view: StatementView) -> PlanFailure | None:
    """Return a failure where most of what is read does not pass a filter that an index could have served."""
    for size, work in view.works.items():
        for read in work.reads:
            if not read.filter or read.rows <= FREE_ROWS:
                continue
            ratio = read.found / max(read.kept, read.found / max(view.rows[size].get(read.table, 1.0), 1.0), 1e-9)
            if ratio > DISCARDED and not _is_search(read):
                why = f"keeps one of {ratio:,.0f} rows that it reads: {rows_of(read)} at {times(size)}"
                return PlanFailure(why, advise(view, read))
    return None


def walks_for_words(view: StatementView) -> PlanFailure | None:
    """Return a failure where rows are read in their order until enough have the words that are searched for."""
    for size, work in view.works.items():
        for read in work.reads:
            by_words = "@@" in read.filter and "@@" not in read.condition
            if by_words and read.found > MANY_ROWS:
                why = (
                    f"reads {read.table} until a page has the words: all {read.found:,.0f} rows at {times(size)}, "
                    "where two common words never meet"
                )
                advice = (
                    f"look through a bounded number of rows (a subquery with its own LIMIT), then ask {SEARCH_INDEX}"
                )
                return PlanFailure(why, advice)
    return None


def grows(view: StatementView) -> PlanFailure | None:
    """Return a failure where the rows read follow the size of the tables."""
    least, most = min(view.works), view.largest
    before, after = view.works[least], view.works[most]
    if after.rows <= MANY_ROWS or after.rows <= GROWTH * max(before.rows, FREE_ROWS) or in_window(view):
        return None
    read = max(after.reads, key=lambda read: read.rows)
    what = "to sort or count them" if read.within in {"Sort", "Aggregate"} else "to find what it returns"
    why = f"reads {before.rows:,.0f} rows at {times(least)} and {after.rows:,.0f} at {times(most)} {what}"
    return PlanFailure(why, advise(view, read))


def window_too_wide(view: StatementView) -> PlanFailure | None:
    """Return a failure where a list of what is recent reads more than its cache makes up for."""
    work = view.works.get(TENFOLD)
    if work is None or not in_window(view):
        return None
    a_second = work.rows / max(view.cached, 1)
    if a_second <= WINDOW_ROWS:
        return None
    kept = f"kept for {view.cached} s" if view.cached else "not cached"
    seconds = round(work.rows / WINDOW_ROWS / 10 + 1) * 10
    return PlanFailure(
        f"reads what is recent: {work.rows:,.0f} rows at 10x, and its answer is {kept}",
        f"say `cache: {seconds}s` at its list in backend.yaml, or shorten the time that it looks back",
    )


def reads_for_each_row(view: StatementView) -> PlanFailure | None:
    """Return a failure where a subquery or an inner side reads many rows for each row around it."""
    for size, work in view.works.items():
        for read in work.reads:
            many = read.each_time > PER_ROW and round(read.rows) > FREE_ROWS and not in_window(view)
            if many and (read.within == "Aggregate" or read.times > 1):
                why = f"reads {read.each_time:,.0f} rows of {read.table} for each row around it, at {times(size)}"
                return PlanFailure(why, advise(view, read))
    return None


def measured_too_much(view: StatementView) -> PlanFailure | None:
    """Return a failure where a run on the filled tables read a large part of them."""
    for who, run in view.runs.items():
        rows = run.rows_read
        if rows > MEASURED_ROWS:
            work = view.works[view.largest]
            read = max(work.reads, key=lambda read: read.rows, default=None)
            advice = advise(view, read) if read else "bound what it reads"
            return PlanFailure(f"read {rows:,.0f} of the filled rows for {who}", advice)
    return None


RULES = (
    reads_whole_table,
    walks_index,
    throws_away,
    walks_for_words,
    grows,
    reads_for_each_row,
    window_too_wide,
    measured_too_much,
)


def advise(view: StatementView, read: Read) -> str:
    """Return what mends a statement: what tune finds in it, and the indexes that it chooses, else how to bound it."""
    found = [advice_text(each) for each in view.advice.findings if each.code not in JUDGED_BY_TEXT]
    found += [f"{index.statement().rstrip(';')}, {WHERE_TO}" for index in view.advice.indexes]
    if found:
        return "; ".join(found)
    if read.within == "Aggregate":
        return f"keep the number in a column: under `counts:` of the entity in backend.yaml, counted from {read.table}"
    return (
        f"bound it: a condition on the first column of one of {read.table}'s indexes, an ORDER BY that follows one, "
        "and a LIMIT"
    )


def in_window(view: StatementView) -> bool:
    """Return whether what is read most lies in a time before now, along an index."""
    for size in (view.largest, min(view.works)):
        work = view.works[size]
        ranged = [r for r in work.reads if r.index and "now()" in r.condition and r.rows > FREE_ROWS]
        if any(read.rows * 3 >= _outer_rows(work.reads) for read in ranged):
            return True
    return False


def _outer_rows(reads: tuple[Read, ...]) -> float:
    return max((read.rows for read in reads), default=0.0)


def _is_search(read: Read) -> bool:
    return "@@" in read.filter or "@@" in read.condition
