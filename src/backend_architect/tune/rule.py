"""A rule: one fault, and the function that finds it."""

import sys
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

    @property
    def page(self) -> str:
        """Return what is known of the fault: what is checked, why it matters, an example, what to do instead."""
        return sys.modules[self.find.__module__].__doc__ or ""
