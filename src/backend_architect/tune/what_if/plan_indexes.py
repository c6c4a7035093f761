"""The indexes that a plan uses."""

from collections.abc import Iterator, Mapping
from typing import Any


def index_names(plan: Mapping[str, Any]) -> Iterator[str]:
    """Give the name of every index in a plan, as often as it is used."""
    if "Index Name" in plan:
        yield plan["Index Name"]
    for child in plan.get("Plans", ()):
        yield from index_names(child)


def renamed(plan: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a plan in which each index goes by its name in `names`, where it has one there."""
    changed = {**plan, "Plans": [renamed(child, names) for child in plan["Plans"]]} if "Plans" in plan else dict(plan)
    if "Index Name" in plan:
        changed["Index Name"] = names.get(plan["Index Name"], plan["Index Name"])
    return changed
