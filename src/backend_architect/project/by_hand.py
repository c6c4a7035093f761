"""What README shows of adding a route and a column by hand, with a resource that the project has."""

from dataclasses import dataclass

from backend_architect.design.model import Entity
from backend_architect.design.names import words
from backend_architect.design.python_names import class_name
from backend_architect.project.slices.calls import asks_for_caller
from backend_architect.project.slices.queries import call_values, named_sql, readable_name
from backend_architect.queries.model import Queries, Query
from backend_architect.queries.resolved import ResolvedDesign

LONGEST = 80
COLUMNS = ("title", "note", "remark", "addition")


@dataclass(frozen=True, slots=True)
class ByHand:
    """The names in README's examples: `where` is the rule with its WHERE, `values` what a call gives."""

    plural: str
    table: str
    row: str
    maker: str
    id_name: str
    path: str
    joins: str
    where: str
    arguments: str
    values: str
    viewer: str
    access: str
    call: str
    words: str
    column: str


def by_hand(resolved: ResolvedDesign, queries: Queries) -> ByHand | None:
    """Return the example for the first resource that is read, listed, made and changed; None where there is none."""
    for plural, entity in resolved.design.rows_by_plural.items():
        found = {query.function: query for query in queries.by_slice[plural]}
        whole = {"read", "create", "update"} <= found.keys() and any(query.list for query in found.values())
        if isinstance(entity, Entity) and whole and (where := _where(found["read"])) is not None:
            rule = where.format(READABLE=f"{{{readable_name(entity, tuple(found.values()))}}}")
            return _example(resolved, entity, found["read"], rule)
    return None


def _where(read: Query) -> str | None:
    """Return the rule of a read with its WHERE, '' where there is none; None where it takes more than a line."""
    condition = " ".join(named_sql(read.template, read.params).partition("WHERE ")[2].split("\n")).strip()
    rule = condition.removeprefix(f"{read.row.table}.id = :id").strip().removeprefix("AND").strip()
    if len(rule) > LONGEST:
        return None
    return f"WHERE {rule} " if rule else ""


def _example(resolved: ResolvedDesign, entity: Entity, read: Query, where: str) -> ByHand:
    plural = entity.plural
    assert read.route is not None
    signed_in = asks_for_caller(resolved, read.route)
    values = {name: value for name, value in call_values(read).items() if name != "id"}
    viewer = any(value.startswith("me.") for value in values.values())
    taken = {item.column for item in entity.fields.values()} | {*entity.counts, *entity.computed}
    return ByHand(
        plural=plural,
        table=entity.table,
        row=class_name(entity.name),
        maker=f"_{entity.name}",
        id_name=f"{entity.name}_id",
        path=plural.replace("_", "-"),
        joins=" {JOINS}" if "{JOINS}" in read.template else "",
        where=where,
        arguments="db: Executor, me: Viewer" if viewer else "db: Executor",
        values="".join(f", {name}={value}" for name, value in values.items()),
        viewer=(", me: SignedIn" if signed_in else ", me: Viewing") if viewer else "",
        access='"signed_in", 401, 200, 200, 200' if viewer and signed_in else '"anyone", 200, 200, 200, 200',
        call="db, me" if viewer else "db",
        words=words(plural),
        column=next(name for name in COLUMNS if name not in taken),
    )
