"""Cases of tuning: databases that SQL fills, one after the other in one database, each read once and remembered."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend_architect.postgres import Session, connect
from backend_architect.postgres.catalog import Activity, Catalog, ServerSession, read_catalog
from backend_architect.tune import Observed, Statement, Workload, find_all
from backend_architect.tune.observe import OLDEST, READ_ONLY
from backend_architect.tune.reading.usable_statements import identity, keep
from backend_architect.tune.samples import Blocked, Samples

EMPTY = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND nspname NOT LIKE 'pg\\_t%' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
END $$;
CREATE SCHEMA public
"""
ANALYZE = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND oid >= 16384
    AND relnamespace <> 'pg_toast'::regnamespace LOOP EXECUTE 'ANALYZE ' || name; END LOOP;
END $$
"""  # of a case's own tables: the system's are the most of a small database
WELL_SET = {  # the tests' server is set for speed: a server that keeps its data is set so
    "autovacuum": "on", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "60000ms", "statement_timeout": "10000ms",
    "shared_buffers": "10485768kB", "effective_cache_size": "31457288kB", "maintenance_work_mem": "1048576kB",
}  # fmt: skip

Case = Mapping[str, Any]


class Databases:
    """The database that cases are read from, on one connection that writes and one that reads."""

    def __init__(self, url: str) -> None:
        self._read: dict[str, Catalog] = {}
        self._writer = Session(url)
        self._loop = asyncio.new_event_loop()
        self._reader = self._loop.run_until_complete(connect(url, oldest=OLDEST, settings=READ_ONLY))

    def catalog(self, sql: str) -> Catalog:
        """Return the catalog of a database that some SQL has filled, each statement in a transaction of its own."""
        if sql not in self._read:
            self._writer.run("DISCARD TEMP")
            self._writer.run(EMPTY)
            for statement in sql.split(";\n"):
                self._writer.run(ANALYZE if statement.strip() == "ANALYZE" else statement)
                self._writer.run("SELECT pg_stat_force_next_flush()")  # or ANALYZE would come before what it counts
            catalog = self._loop.run_until_complete(read_catalog(self._reader))
            assert not catalog.unseen
            quiet = {"activity": None, "checkpoints_timed": 500, "checkpoints_requested": 10, "sessions": ()}
            self._read[sql] = replace(catalog, settings={**catalog.settings, **WELL_SET}, **quiet)
        return self._read[sql]

    def close(self) -> None:
        """Close both connections."""
        self._writer.close()
        self._loop.run_until_complete(self._reader.close())
        self._loop.close()


def plant(catalog: Catalog, planted: Mapping[str, Any]) -> Catalog:
    """Return a catalog with figures that no small database gets by itself: counts of months, sizes, sessions."""
    own = dict(planted.get("catalog", {}))
    if "activity" in own:
        own["activity"] = Activity(**{**dict.fromkeys(Activity.__slots__, 0), **own["activity"]})
    sessions = [ServerSession(**{**IDLE, "pid": number, **each}) for number, each in enumerate(_sessions(planted), 1)]
    return replace(
        catalog,
        settings={**catalog.settings, **planted.get("settings", {})},
        tables=tuple(replace(each, **planted.get("tables", {}).get(each.name, {})) for each in catalog.tables),
        indexes=tuple(replace(each, **planted.get("indexes", {}).get(each.name, {})) for each in catalog.indexes),
        sessions=tuple(sessions),
        **own,
    )


IDLE = {"user": "app", "application": "web", "state": "idle", "seconds_in_state": 1.0, "seconds_in_transaction": 0.0,
        "wait": "", "waits_for": (), "query": "SELECT 1"}  # fmt: skip


def _sessions(planted: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = [{**each, "waits_for": tuple(each.get("waits_for", ()))} for each in planted.get("sessions", ())]
    return [each for group in listed for each in [_without_times(group)] * group.get("times", 1)]


def _without_times(group: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in group.items() if name != "times"}


def workload(statements: list[dict[str, Any]], blocked: Sequence[Mapping[str, Any]] = ()) -> Workload:
    """Return the workload of a case; `blocked` is what was seen in a minute of watching."""
    kept = keep([Statement(id=identity(str(each["text"])), **each) for each in statements], "the case")
    seen = tuple(Blocked(**{**WAITING, **each}) for each in blocked)
    return replace(kept, samples=Samples(60.0, 60, (), seen)) if seen else kept


WAITING = {"holder": "", "holder_state": "active", "holder_application": "", "event": "Lock: transactionid", "most": 1}


def found(catalog: Catalog, statements: list[dict[str, Any]], blocked: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """Return the keys of what is found."""
    return sorted(finding.key for finding in find_all(Observed(catalog, workload(statements, blocked))))
