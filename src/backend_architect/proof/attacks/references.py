"""P74: what points at a row that goes is refused, goes with it, or points at nothing, as the design says."""

from collections.abc import Iterator

from backend_architect.design.model import Edge, Field, Row
from backend_architect.postgres import Refused, Session
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

ADVICE = "the foreign key's ON DELETE in the migration"


def references(lab: Lab) -> Iterator[Case]:
    """Give a case for each relation: the row that it points at is deleted, in a transaction that is undone."""
    backend, tried = lab.backend, False
    with Session(backend.place.environment["DATABASE_URL"]) as session:
        for row in backend.design.rows_by_plural.values():
            for item in row.references:
                tried = True
                yield _tried(backend, session, row, item)
    if not tried:
        yield skipped("references", "no row of the design points at another")


def _tried(backend: Backend, session: Session, row: Row, item: Field) -> Case:
    owner = backend.insider()
    target = backend.design.entities[item.to or ""]
    pointed = backend.rows.make(target.name, owner.id)
    maker = backend.rows.make(backend.design.account.name, "") if backend.design.account else ""
    made = backend.rows.make(row.name, maker or owner.id, {item.column: pointed})
    expected = "cascade" if isinstance(row, Edge) else item.on_delete
    session.run("BEGIN")
    try:
        session.run(f'DELETE FROM "{target.table}" WHERE id = $1::text::uuid', pointed)
        stays = made and session.value(f'SELECT true FROM "{row.table}" WHERE id = $1::text::uuid', made)
        actual = "set null" if stays else "cascade"
    except Refused:
        actual = "restrict"
    finally:
        session.run("ROLLBACK")
    title = f"{row.plural}.{item.name} when its {target.name} goes"
    return Case(title, verdict(actual == expected), expected, actual, "", ADVICE)


PROBE = Probe("P74", Group.ATTACKS, "what points at a row that goes does what the design says", references)
