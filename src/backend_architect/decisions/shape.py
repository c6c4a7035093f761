"""What can be counted in a design itself: fields, paths, routes and groups of tables."""

from backend_architect.design.model import Design, Entity, FieldType

AWS_ANSWERS = frozenset({"sqs", "serverless", "dynamodb"})


def free_form_share(design: Design) -> float:
    """Return the percentage of stored fields that are free-form JSON, references left out."""
    stored = [f for row in design.rows_by_plural.values() for f in row.fields.values() if not f.is_reference]
    free = sum(f.type is FieldType.JSON for f in stored)
    return 100 * free / len(stored) if stored else 0.0


def free_form_fields(design: Design) -> tuple[str, ...]:
    """Return the free-form JSON fields as `plural.field`."""
    rows = design.rows_by_plural.values()
    return tuple(f"{r.plural}.{f.name}" for r in rows for f in r.fields.values() if f.type is FieldType.JSON)


def relation_count(design: Design) -> int:
    """Return how many references the tables have to each other."""
    return sum(len(row.references) for row in design.rows_by_plural.values())


def nested_paths(design: Design) -> int:
    """Return how many paths of two relations lead from one entity to a third: what nested queries would ask for."""
    return sum(len(_targets(design, middle)) for e in design.entities.values() for middle in _targets(design, e))


def _targets(design: Design, entity: Entity) -> tuple[Entity, ...]:
    return tuple(design.entities[f.to] for f in entity.references if f.to and f.to in design.entities)


def route_count(design: Design) -> int:
    """Return how many routes the API has: allowed actions, lists and hand-written routes."""
    actions = sum(len(row.allow) for row in design.rows_by_plural.values())
    return actions + len(design.lists) + len(design.custom)


def independent_groups(design: Design) -> int:
    """Return how many groups of entities have no relation to each other, relations to the account left out."""
    groups = {name: {name} for name in design.entities if design.entities[name] is not design.account}
    links = [tuple(f.to for f in edge.pair) for edge in design.edges.values()]
    links += [(e.name, f.to) for e in design.entities.values() for f in e.references if f.to]
    for one, other in links:
        if one is not None and other is not None and one in groups and other in groups:
            joined = groups[one] | groups[other]
            groups.update(dict.fromkeys(joined, joined))
    return len({id(g) for g in groups.values()})


def aws_parts(design: Design) -> int:
    """Return how many parts the design pins to AWS, the main database left out."""
    return sum(answer in AWS_ANSWERS for slug, answer in design.pin.items() if slug != "main-database")


def by_key_only(design: Design) -> bool:
    """Return whether every read is by key: no relation, no list, no count, no search."""
    counts = any(e.counts or e.computed for e in design.entities.values())
    return not (relation_count(design) or design.lists or counts)
