"""The shape of the tables in each slice's `access.py`: who may do what, as data that people and proofs read."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Access:
    """`rule` says who may do `action` at `route`; it is carried out in the statement of that route."""

    route: str
    action: Literal["read", "list", "create", "update", "delete"]
    rule: str
