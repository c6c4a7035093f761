"""A rule: one fault, and the function that finds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backend_architect.finding import Finding
from backend_architect.tune.observed import Observed


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` names the fault, `title` says it in a line; the docstring of its module is its page."""

    code: str
    title: str
    find: Callable[[Observed], Iterator[Finding]]
