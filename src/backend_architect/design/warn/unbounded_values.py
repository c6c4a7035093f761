"""A computed number is answered as null where it is larger than every client reads exactly."""

from collections.abc import Iterator

from backend_architect.design.expressions import resolve_value
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import MAX_EXACT, WHOLE
from backend_architect.errors import Problem


def warn_unbounded_values(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `computed-may-not-fit`: what it is made of has no bound, or one that is too large."""
    for entity in loaded.design.entities.values():
        for name, computed in entity.computed.items():
            if computed.type not in WHOLE:
                continue
            most = resolve_value(loaded.design, entity, computed.sql).most
            if most is None or most > MAX_EXACT:
                message = f"`{name}` is null in answers where it is beyond {MAX_EXACT:,}"
                fix = "give the numbers that it is made of a `max`, such as `max: 10_000_000`"
                yield loaded.warning("computed-may-not-fit", f"entities.{entity.name}.computed.{name}", message, fix)
