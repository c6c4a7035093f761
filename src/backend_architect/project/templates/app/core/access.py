"""The shape of the tables in each slice's `access.py`: who gets which answer, as data that people and tests read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """What a route answers to whom, for a row that the owner made; None where it depends on more than that.

    `rule` is the design's words for who may; it is carried out in the SQL of the route's statement.
    """

    route: str
    rule: str
    anonymous: int | None
    stranger: int | None
    owner: int | None
    moderator: int | None
