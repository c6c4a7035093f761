"""Every bound of the plan proof in one place, with its reason."""

SIZES = (1, 10, 100)
"""Times the declared rows."""

LARGE_TABLE = 10_000
"""Rows. Below it a whole table is some 200 pages: read in about a millisecond, whatever the plan."""

FREE_ROWS = 1_000
"""Rows that any statement may read, however few it returns: a few milliseconds, ten full pages of a list."""

MANY_ROWS = 10_000
"""Rows that a statement may read at the largest size where the number grows at all."""

GROWTH = 4.0
"""How much more a statement may read at 100 times the rows. Deeper indexes and changed plans give up to 2, a statement
that follows its tables 100, one that follows their square root 10."""

DISCARDED = 50.0
"""Rows read for each that a filter keeps. A rule that hides half of the rows gives 2, a filter by one of twenty kinds
20; beyond that an index should do the filter's work."""

PER_ROW = 200.0
"""Rows that a subquery may read for each row around it: a page of a hundred then reads 20,000."""

WINDOW_ROWS = 20_000.0
"""Rows a second that a list of what is recent may read at ten times the load: about 2 % of one processor, since a row
costs about a microsecond. A cached list is read once in its time."""

MEASURED_ROWS = 50_000
"""Rows that no statement may read on the filled tables, not even for the busiest caller."""
