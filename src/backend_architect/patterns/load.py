"""The catalogue, read once."""

from functools import cache
from pathlib import Path

from backend_architect.patterns.pattern import Pattern, read_pattern

FOLDER = Path(__file__).parent / "catalogue"


@cache
def all_patterns() -> tuple[Pattern, ...]:
    """Return every pattern, in the order in which they are put together."""
    patterns = (read_pattern(path) for path in sorted(FOLDER.glob("*.yaml")))
    return tuple(sorted(patterns, key=lambda pattern: (pattern.rank, pattern.name)))


def pattern_named(name: str) -> Pattern:
    """Return the pattern called `name`; raise KeyError when the catalogue has none."""
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Pattern]:
    return {pattern.name: pattern for pattern in all_patterns()}
