"""Advised indexes, looked at again later: whether anything has used them since.

`revisit_of` makes what a team commits, `read_revisit` reads it, `look_again` asks the servers.
"""

from backend_architect.tune.revisiting.look import look_again
from backend_architect.tune.revisiting.model import Revisit, RevisitedIndex, RevisitResult, Usage, UsageVerdict
from backend_architect.tune.revisiting.stored import read_revisit, revisit_of, revisit_sql, revisit_text

__all__ = [
    "Revisit",
    "RevisitResult",
    "RevisitedIndex",
    "Usage",
    "UsageVerdict",
    "look_again",
    "read_revisit",
    "revisit_of",
    "revisit_sql",
    "revisit_text",
]
