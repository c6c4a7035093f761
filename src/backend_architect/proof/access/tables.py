"""All tables of a backend at once: whether anything changed, and whether kept counts are the numbers of rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend_architect.design.model import Count, Design, Entity
from backend_architect.postgres import Refused
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Verdict

COUNTED = "every kept count is the number of its rows"
ADVICE = "whatever makes, moves or deletes a row changes the counts of both of its ends: the trigger of the count"


def state_of(backend: Backend) -> str:
    """Return a digest of all rows of the design's tables."""
    digests = [
        f'SELECT count(*)::text || coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS d FROM "{row.table}" t'
        for row in backend.design.rows_by_plural.values()
    ]
    return str(backend.database.value(f"SELECT string_agg(d, ' ') FROM ({' UNION ALL '.join(digests)}) AS each"))


def kept_counts(backend: Backend) -> Iterator[Case]:
    """Give the case that every kept count is what there is to count; nothing where none is kept."""
    kept = list(_kept(backend))
    if not kept:
        return
    wrong = [f"{entity.plural}.{count.name} of {number} rows" for entity, count, number in _wrong(backend, kept)]
    verdict = Verdict.FAILED if wrong else Verdict.HELD
    actual = f"another number: {', '.join(wrong)}" if wrong else f"{len(kept)} counts are right"
    yield Case(COUNTED, verdict, "the number of rows that point at each row", actual, advice=ADVICE if wrong else "")


class Watch:
    """Looks at all tables, and says whether they are as they were at the last look."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.changed = False
        self._seen = ""

    def look(self) -> None:
        """Take the tables as they are now."""
        self._seen, self.changed = state_of(self.backend), False

    def compare(self, *, reads: bool = False) -> None:
        """Note whether anything changed since the last look; what only reads needs none."""
        before = self._seen
        if not reads:
            self.look()
        self.changed = before != self._seen


@contextmanager
def pretended(backend: Backend, entity: Entity, identity: str, column: str, value: str | None) -> Iterator[bool]:
    """Let a row have another value while the block lasts, for nobody but the proof; False where it cannot have it."""
    backend.database.run("BEGIN; SET LOCAL session_replication_role = replica")
    change = f'UPDATE "{entity.table}" SET "{column}" = $2::text::uuid WHERE id = $1::text::uuid'
    try:
        try:
            backend.database.run(change, identity, value)
        except Refused:
            yield False
        else:
            yield True
    finally:
        backend.database.run("ROLLBACK")


def _kept(backend: Backend) -> Iterator[tuple[Entity, Count]]:
    found = backend.database.fetch(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    columns = {(each["t"], each["c"]) for each in found}
    for entity in backend.design.entities.values():
        for count in entity.counts.values():
            if (entity.table, f"{count.name}_count") in columns:
                yield entity, count


def _wrong(backend: Backend, kept: list[tuple[Entity, Count]]) -> Iterator[tuple[Entity, Count, int]]:
    for entity, count in kept:
        number = backend.database.value(
            f'SELECT count(*) FROM "{entity.table}" AS t '
            f'WHERE t."{count.name}_count" IS DISTINCT FROM {real_count(backend.design, count)}'
        )
        if number:
            yield entity, count, int(number)


def real_count(design: Design, count: Count) -> str:
    """Return the SQL of the number of rows that point at the row `t`."""
    source = design.rows_by_plural[count.source]
    return f'(SELECT count(*) FROM "{source.table}" AS s WHERE s."{source.fields[count.via].column}" = t.id)'
