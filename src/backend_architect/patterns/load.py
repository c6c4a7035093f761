"""The catalogue, read once."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from backend_architect.patterns.pattern import Pattern, read_pattern
from backend_architect.plugins import PATTERNS, Plugin, plugins

FOLDER = Path(__file__).parent / "catalogue"


@cache
def all_patterns() -> tuple[Pattern, ...]:
    """Return every pattern, in the order in which they are put together, those of plugins among them."""
    patterns = {pattern.name: pattern for pattern in (read_pattern(path) for path in FOLDER.glob("*.yaml"))}
    brought = [(plugin, pattern) for plugin in plugins(PATTERNS) for pattern in _patterns_of(plugin)]
    for plugin, pattern in brought:
        if pattern.name in patterns:
            raise plugin.failed(f"there is a pattern {pattern.name!r} already")
        patterns[pattern.name] = pattern
    for plugin, pattern in brought:
        unknown = sorted({*pattern.needs, *pattern.brings, *_optional(pattern.default)} - patterns.keys())
        if unknown:
            raise plugin.failed(f"the pattern {pattern.name!r} names patterns that do not exist: {', '.join(unknown)}")
    return tuple(sorted(patterns.values(), key=lambda pattern: (pattern.rank, pattern.name)))


def pattern_named(name: str) -> Pattern:
    """Return the pattern called `name`; raise KeyError when the catalogue has none."""
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Pattern]:
    return {pattern.name: pattern for pattern in all_patterns()}


def _patterns_of(plugin: Plugin) -> Iterable[Pattern]:
    """Return the patterns in the YAML files beside a module that a plugin names, head and body read."""
    if not isinstance(plugin.value, ModuleType):
        raise plugin.failed("it is no package with YAML files in it")
    found = sorted((f for f in files(plugin.value).iterdir() if f.name.endswith(".yaml")), key=lambda file: file.name)
    if not found:
        raise plugin.failed("there is no YAML file in the package that it names")
    for file in found:
        try:
            pattern = read_pattern(file)
            _ = pattern.body  # read now, so that a fault is told with the file's name
        except Exception as error:
            raise plugin.failed(f"{file.name} is no pattern: {type(error).__name__}: {error}") from error
        yield pattern


def _optional(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()
