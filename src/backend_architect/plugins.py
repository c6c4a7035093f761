"""Parts that other packages bring: rules of tune, probes, decisions and patterns, found by entry points.

A package names its part under one of the groups below; it is loaded when the registry of its kind is first read, and
stands behind the parts of the tool. docs/plugins.md shows how one is written and tested.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from backend_architect.errors import ArchitectError, Problem

FINDINGS = "backend_architect.findings"
PROBES = "backend_architect.probes"
DECISIONS = "backend_architect.decisions"
PATTERNS = "backend_architect.patterns"

Part = TypeVar("Part")


class PluginFailed(ArchitectError):
    """A part of another package cannot be used."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """What an entry point loaded, and who brings it: `origin` is the package, its version and the entry's name."""

    origin: str
    value: object

    def failed(self, why: str) -> PluginFailed:
        """Return the error that says why this part cannot be used."""
        return _failed(self.origin, why)


@cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """Return what other packages bring to a group, by the name of the package; raise PluginFailed for what fails."""
    entries = sorted(entry_points(group=group), key=lambda entry: (_origin(entry), entry.value))
    return tuple(Plugin(_origin(entry), _load(entry)) for entry in entries)


def with_plugins(own: Sequence[Part], group: str, kind: type[Part], name_of: Callable[[Part], str]) -> tuple[Part, ...]:
    """Return the tool's own parts, then those of plugins, of which none may have a name that is taken.

    An entry point is one part, or a tuple of several.
    """
    parts, taken = list(own), {name_of(part): "backend-architect" for part in own}
    for plugin in plugins(group):
        for part in _each(plugin.value):
            if not isinstance(part, kind):
                raise plugin.failed(f"it is no {kind.__module__}.{kind.__qualname__} but {type(part).__name__}")
            name = name_of(part)
            if name in taken:
                raise plugin.failed(f"the name {name!r} is taken by {taken[name]}")
            taken[name] = plugin.origin
            parts.append(part)
    return tuple(parts)


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, tuple | list) else (value,)


def _load(entry: EntryPoint) -> object:
    try:
        return entry.load()
    except Exception as error:
        raise _failed(_origin(entry), f"loading {entry.value} failed: {type(error).__name__}: {error}") from error


def _origin(entry: EntryPoint) -> str:
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "a package without a name"
    return f"{package} ({entry.name})"


def _failed(origin: str, why: str) -> PluginFailed:
    fix = "repair or uninstall that package; `docs/plugins.md` tells what a plugin must be"
    return PluginFailed(Problem("plugin-failed", f"a part of {origin} cannot be used: {why}", fix))
