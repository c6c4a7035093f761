"""The indexes that a plan uses."""

from collections.abc import Iterator, Mapping
from typing import Any


def index_names(plan: Mapping[str, Any]) -> Iterator[str]:
    """Give the name of every index in a plan, as often as it is used."""
    if "Index Name" in plan:
        yield plan["Index Name"]
    for child in plan.get("Plans", ()):
        yield from index_names(child)
