"""The statement of a search: bounded work, whatever words somebody asks for.

A word that most rows have is found in the next rows of the list, which are looked through in its order; one that few
rows have by its index. Of two common words that never meet neither alone would do: all rows in order have only one of
them. So a page comes from the next `AHEAD` rows; where they do not fill it, from the index, as long as that finds no
more than `FEW` rows; and else the answer says where the search goes on, after the rows that were looked through.
"""

from collections.abc import Sequence
from dataclasses import dataclass

AHEAD = 3_000
"""Rows of the list that one page looks through: 2 to 3 ms."""
MATCHES = 2_000
"""Rows that the index may find and that are then read, checked and sorted: about 10 ms."""


@dataclass(frozen=True, slots=True)
class SearchParts:
    """The pieces of a search as SQL: `bounds` are served by the list's index, `others` are checked row by row."""

    table: str
    key: str
    words: str
    bounds: Sequence[str]
    after: str
    others: Sequence[str]
    order: str
    limit: str


def search_sql(parts: SearchParts) -> str:
    """Return the statement; each row also has `on_key` and `on_id`, where the search goes on, null where it does not.

    A search that finds nothing gives one row of nulls, to say that.
    """
    table, limit, query = parts.table, parts.limit, f"websearch_to_tsquery('simple', {parts.words})"
    matches = f"{table}.search @@ {query}"
    missing = f"(SELECT count(*) FROM ahead) < {limit}"
    too_many = f"((SELECT count(*) FROM few) > {MATCHES} OR querytree({query}) = 'T')"
    order = f"ORDER BY {parts.order}"
    return f"""\
WITH /* NAME */ ahead AS MATERIALIZED (
    SELECT {table}.id
    FROM (
        SELECT * FROM {table}
        WHERE {_all(10, *parts.bounds, parts.after)}
        {order} LIMIT {AHEAD}
    ) AS {table}
    WHERE {_all(6, *parts.others, matches)}
    {order}
    LIMIT {limit}
), few AS MATERIALIZED (
    SELECT {table}.id
    FROM {table}
    WHERE {_all(6, missing, *parts.bounds, _by_index(table, query))}
    LIMIT {MATCHES + 1}
), going_on AS MATERIALIZED (
    SELECT on_key, on_id
    FROM (
        SELECT {parts.key} AS on_key, {table}.id AS on_id,
            row_number() OVER ({order}) AS place
        FROM {table}
        WHERE {_all(10, missing, too_many, *parts.bounds, parts.after)}
        {order} LIMIT {AHEAD}
    ) AS looked_through
    WHERE place = {AHEAD}
    LIMIT 1
), chosen AS (
    SELECT {table}.id
    FROM (SELECT id FROM ahead UNION SELECT id FROM few WHERE NOT EXISTS (SELECT FROM going_on)) AS candidate
    JOIN {table} ON {table}.id = candidate.id
    WHERE {_all(6, *parts.others, parts.after, matches)}
    {order}
    LIMIT {limit}
)
SELECT
    {{COLUMNS}}, going_on.on_key, going_on.on_id
FROM (SELECT) AS always
LEFT JOIN going_on ON true
LEFT JOIN (
    chosen
    JOIN {table} ON {table}.id = chosen.id
{{JOINS}}
) ON true
{order}"""


ABOUT = f"""\
# Bounded work, whatever the words: a page comes from the next {AHEAD:,} rows of the list; where they do not fill it,
# from the index on the words, as long as that finds {MATCHES:,} rows at most; else it says where the search goes on.
# That an id is itself, as a uuid, is always true: the planner does not see that, and does not read the whole table."""
"""What a built statement says of itself."""


def _by_index(table: str, query: str) -> str:
    """Return the condition that the index answers alone: any place of a phrase's words, and not what must be absent.

    In brackets the words are unknown to the planner, which reads the whole table for those that it knows as common. Of
    unknown ones it expects in a thousandth of the rows, and of a billion rows would read them from the beginning until
    enough are found; an equality that it does not see through makes it expect fewer.
    """
    return (
        f"{table}.search @@ (\n"
        "        SELECT regexp_replace(query::text, '<(-|[0-9]+)>', '&', 'g')::tsquery\n"
        f"        FROM {query} AS query\n"
        "        WHERE querytree(query) <> 'T'\n"
        f"      ) AND {table}.id = {table}.id::text::uuid"
    )


def _all(indent: int, *texts: str) -> str:
    return f"\n{' ' * indent}AND ".join(texts)
