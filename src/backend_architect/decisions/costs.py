"""What each operation costs, in microseconds of processor time, and the assumptions of the capacity model.

Measured on two shared cores with PostgreSQL 18.6, one server process, the table sizes 10 k users, 200 k posts and
1 M likes, all in memory. They are an upper bound: server costs are one saturated process divided by its requests a
second; database costs are two saturated cores divided by the transactions a second of pgbench, its own client included.
"""

from dataclasses import dataclass
from enum import StrEnum


class OperationKind(StrEnum):
    """Every kind of operation that has a cost of its own."""

    READ_ONE = "read one"
    LIST = "list"
    FEED = "list through a subquery"
    SEARCH = "full-text search"
    RANKED = "list ranked in a window"
    WRITE = "write"
    PAIR = "pair"
    SIGN_IN = "sign-in"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of one operation in the API process and in the database, in microseconds, with its source."""

    server_us: float
    database_us: float
    source: str


COSTS: dict[OperationKind, Cost] = {
    OperationKind.READ_ONE: Cost(588, 225, "measured: 588 + 225 µs"),
    OperationKind.LIST: Cost(876, 486, "measured: 1,141 requests/s a process; 4,114 transactions/s on two cores"),
    OperationKind.FEED: Cost(945, 811, "measured: 1,058 requests/s a process; 2,467 transactions/s on two cores"),
    OperationKind.SEARCH: Cost(945, 5_000, "judgement: some thousand matching rows are read and sorted"),
    OperationKind.RANKED: Cost(945, 486, "a list, and each row of the window at WINDOW_ROW_US"),
    OperationKind.WRITE: Cost(675, 362, "measured: 1,482 requests/s a process; 5,517 transactions/s on two cores"),
    OperationKind.PAIR: Cost(830, 323, "measured: 1,204 requests/s a process; 6,200 transactions/s on two cores"),
    OperationKind.SIGN_IN: Cost(33_000, 450, "measured: argon2id with 19 MiB and two passes took 33 ms"),
    OperationKind.JOB: Cost(500, 480, "enqueue, take and finish: three writes of one row at KEEP_COUNT_US"),
}

FASTAPI_US = 250.0
"""Measured: reading one row took 583 µs of the server with FastAPI and 335 past it, a list of 20 rows 694 and 437."""

COUNTED_ROW_US = 2.1
"""Measured: count(*) over 5 likes a row made a list of 20 rows dearer by 210 µs (478 against 268 µs)."""

KEEP_COUNT_US = 160.0
"""One more UPDATE by primary key in a transaction: half of a like's 323 µs."""

WINDOW_ROW_US = 1.0
"""Judgement: a core walks about a million cached rows a second."""

ROUND_TRIP_US = 500.0
"""Judgement: a connection is held for the network and for Python between statements that long."""

PAGE_ROWS = 20
"""Rows of a page when the caller does not say."""

SHARE_OF_LISTS = 0.5
"""Assumption: half of the reads open a list, half read one row; evenly over the lists and over the entities."""

SHARE_OF_CREATIONS = 0.8
"""Assumption: four writes of five create a row, spread over the tables as their rows are; one updates or deletes."""

BUSY_SHARE = 0.5
"""Processors are planned half busy at the busiest hour, so that latency stays flat and one server may fail."""

POOL_HEADROOM = 3
"""Connections a process over the average that Little's law gives: arrivals come in bursts."""

POOL_FLOOR = 5
"""The fewest connections of a process, so that one slow statement does not hold all the others up."""

SIGN_INS_A_DAY = 0.2
"""Assumption: one account of five signs in on a day (a refresh token lasts for weeks)."""

PEAK_FACTOR = 3
"""Assumption: the busiest hour has three times the average of the day."""
