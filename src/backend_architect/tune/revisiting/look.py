"""Whether anything has scanned an advised index since: asked of the primary, and of each standby that is named."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from backend_architect.errors import DatabaseError, Problem
from backend_architect.postgres import Session
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.observe import OLDEST, READ_ONLY
from backend_architect.tune.revisiting.model import Revisit, RevisitedIndex, RevisitResult, Usage, UsageVerdict

ENOUGH_DAYS = 7.0
SERVER = """
SELECT /* backend-architect tune */ current_database()::text AS database, pg_is_in_recovery() AS standby,
       (SELECT count(*)::int FROM pg_stat_replication) AS standbys,
       extract(epoch FROM now() - d.stats_reset)::float8 / 86400 AS days
FROM pg_stat_database d WHERE d.datname = current_database()
"""
INDEXES = """
SELECT /* backend-architect tune */ n.nspname::text AS schema, t.relname::text AS table, c.relname::text AS name,
       x.indisvalid AS valid, c.relkind = 'I' AS partitioned,
       ARRAY(SELECT coalesce(a.attname::text, '') FROM unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
             LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number > 0
             WHERE k.place <= x.indnkeyatts ORDER BY k.place) AS keys,
       x.indpred IS NULL AND NOT x.indisunique AS plain,
       (SELECT coalesce(sum(pg_stat_get_numscans(p.relid)), 0)::int8 FROM pg_partition_tree(c.oid) p) AS part_scans,
       (SELECT coalesce(sum(pg_relation_size(p.relid)), 0)::int8 FROM pg_partition_tree(c.oid) p) AS part_bytes,
       coalesce(pg_stat_get_numscans(c.oid), 0)::int8 AS scans,
       CASE c.relkind WHEN 'i' THEN pg_relation_size(c.oid) ELSE 0 END AS bytes
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND t.relname = ANY ($2)
"""
Record = Mapping[str, Any]


def look_again(revisit: Revisit, urls: Sequence[str], today: date) -> RevisitResult:
    """Return what each index was used for on these servers, the first of which has the database of the advice.

    Raises DatabaseError where a server cannot be asked, or has another database.
    """
    servers = [_ask(revisit, url) for url in urls]
    facts = [fact for fact, _ in servers]
    here = next((server for server in servers if not server[0]["standby"]), servers[0])
    counted = [fact["days"] for fact in facts if fact["days"] is not None]
    days = min([float((today - revisit.made).days), *counted])
    usages = tuple(_usage(each, here[1], [found for _, found in servers], days) for each in revisit.indexes)
    seen = sum(fact["standby"] for fact in facts)
    unseen = max(max((fact["standbys"] for fact in facts), default=0) - seen, 0)
    return RevisitResult(usages, unseen, tuple(_notes(revisit, facts, today)))


def _ask(revisit: Revisit, url: str) -> tuple[Record, Sequence[Record]]:
    schemas = sorted({each.schema for each in revisit.indexes})
    tables = sorted({each.table for each in revisit.indexes})
    with Session(url, oldest=OLDEST, settings=READ_ONLY) as session:
        (fact,) = session.fetch(SERVER)
        if fact["database"] != revisit.database:
            message = f"the indexes were advised for {revisit.database}, this is {fact['database']}"
            raise DatabaseError(Problem("other-database", message, "give the URL that the advice was made with"))
        return fact, session.fetch(INDEXES, schemas, tables)


def _notes(revisit: Revisit, facts: Sequence[Record], today: date) -> Iterator[str]:
    for fact in facts:
        if fact["days"] is not None and fact["days"] < (today - revisit.made).days:
            where = "a standby" if fact["standby"] else "the primary"
            yield f"the counts of {where} were reset {fact['days']:,.1f} days ago: nothing before is known"
    if not any(not fact["standby"] for fact in facts):
        yield "only standbys were looked at: the primary counts its own reads"
    if today < revisit.due:
        yield f"it was to be looked at on {revisit.due}: what runs once a month may not have run"


def _usage(index: RevisitedIndex, own: Sequence[Record], everywhere: Sequence[Sequence[Record]], days: float) -> Usage:
    found = _find(index, own)
    if found is None:
        return Usage(index, UsageVerdict.NOT_BUILT)
    scans = sum(
        each["part_scans" if each["partitioned"] else "scans"]
        for records in everywhere
        for each in records
        if (each["schema"], each["name"]) == (index.schema, found["name"])
    )
    size = found["part_bytes" if found["partitioned"] else "bytes"]
    verdict = _verdict(found, scans, days)
    drop = ""
    if verdict in {UsageVerdict.UNUSED, UsageVerdict.INVALID}:
        how = "" if found["partitioned"] else "CONCURRENTLY "
        drop = f"DROP INDEX {how}IF EXISTS {full_name(index.schema, found['name'])};"
    return Usage(index, verdict, found["name"], scans, days, size, drop)


def _verdict(found: Record, scans: int, days: float) -> UsageVerdict:
    if not found["valid"]:
        return UsageVerdict.INVALID
    if scans:
        return UsageVerdict.USED
    return UsageVerdict.UNUSED if days >= ENOUGH_DAYS else UsageVerdict.TOO_EARLY


def _find(index: RevisitedIndex, records: Sequence[Record]) -> Record | None:
    """Return the index by its name, or under another where a framework named it: one with just its columns."""
    own = [each for each in records if (each["schema"], each["table"]) == (index.schema, index.table)]
    named = next((each for each in own if each["name"] == index.name), None)
    if named is not None or not all(index.keys) or " WHERE " in index.definition:
        return named
    return next((each for each in own if each["plain"] and tuple(each["keys"]) == index.keys), None)
