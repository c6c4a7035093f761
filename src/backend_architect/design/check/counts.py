"""Counts count rows that point here."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Count, Entity
from backend_architect.design.reading_result import did_you_mean
from backend_architect.errors import Problem


def check_counts(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name` for sources and relations, and `count-elsewhere` for a relation to another entity."""
    for entity in loaded.design.entities.values():
        for count in entity.counts.values():
            yield from _one(loaded, entity, count)


def _one(loaded: LoadedDesign, entity: Entity, count: Count) -> Iterator[Problem]:
    path = f"entities.{entity.name}.counts.{count.name}"
    source = loaded.design.rows_by_plural.get(count.source)
    if source is None:
        fix = did_you_mean(count.source, tuple(loaded.design.rows_by_plural))
        message = f"`{count.source}` is no plural of an entity or edge"
        yield loaded.problem("unknown-name", path, message, fix)
        return
    pointing = tuple(item.name for item in source.references if item.to == entity.name)
    here = f"relations of {source.name} to {entity.name}: " + ", ".join(f"`{name}`" for name in pointing)
    fix = here if pointing else f"nothing in {source.name} points to {entity.name}"
    if count.via not in source.fields:
        message = f"`{count.via}` is no relation of {source.name}"
        yield loaded.problem("unknown-name", path, message, did_you_mean(count.via, pointing, otherwise=fix))
    elif count.via not in pointing:
        message = f"`{count.source}.{count.via}` does not point to {entity.name}"
        yield loaded.problem("count-elsewhere", path, message, fix)
