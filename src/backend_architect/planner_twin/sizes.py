"""The sizes that the planner sees, written into the files of an empty database."""

import time
from collections.abc import Mapping
from pathlib import Path

from backend_architect.planner_twin.files import PAGE, SparseFiles, first_page, overwrite
from backend_architect.planner_twin.index_pages import brin_first_page, btree_pages, gin_first_page
from backend_architect.planner_twin.model import IndexStatistics, Statistics, TableStatistics
from backend_architect.postgres.account import Account
from backend_architect.postgres.failures import database_error
from backend_architect.postgres.session import Session

FILES = """
SELECT c.relname AS name, pg_relation_filepath(c.oid) AS path
FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relkind IN ('r', 'm', 'i')
"""
TOOLS_SCHEMA = "twin_tools"
EVICT_INDEXES = f"""
SELECT coalesce(sum(({TOOLS_SCHEMA}.pg_buffercache_evict_relation(c.oid)).buffers_skipped), 0)
FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relkind = 'i'
"""
TOOLS = f"""
CREATE SCHEMA IF NOT EXISTS {TOOLS_SCHEMA};
CREATE EXTENSION IF NOT EXISTS pg_buffercache SCHEMA {TOOLS_SCHEMA};
ALTER EXTENSION pg_buffercache SET SCHEMA {TOOLS_SCHEMA};
"""


TRIES, PAUSE = 100, 0.02


class FileSizes:
    """The files of one schema's tables and indexes, in a database that nobody else writes; sessions are a superuser's.

    Nothing of the database is evaluated for it.
    """

    def __init__(self, folder: Path, account: Account) -> None:
        self._folder = folder
        self._files = SparseFiles(account)

    def write(self, session: Session, statistics: Statistics) -> None:
        """Give every table and index the pages it is said to have; what is not in the database is passed over.

        The server must forget what it has read of the indexes before, and does so without a restart.
        """
        paths = self._paths(session, statistics.schema)
        _forget_indexes(session, statistics.schema)
        for table in statistics.tables:
            if table.name in paths:
                self._files.stretch(paths[table.name], table.pages)
            for index in table.indexes:
                if index.name in paths:
                    self._write_index(paths[index.name], index, table)

    def shrink(self, session: Session, statistics: Statistics) -> None:
        """Make every table as empty as it is, so that building an index on it reads nothing."""
        self._stretch_tables(session, statistics, shrunk=True)

    def restore(self, session: Session, statistics: Statistics) -> None:
        """Give every table its pages back."""
        self._stretch_tables(session, statistics, shrunk=False)

    def _stretch_tables(self, session: Session, statistics: Statistics, *, shrunk: bool) -> None:
        paths = self._paths(session, statistics.schema)
        for table in statistics.tables:
            if table.name in paths:
                self._files.stretch(paths[table.name], 0 if shrunk else table.pages)

    def _paths(self, session: Session, schema: str) -> Mapping[str, Path]:
        return {each["name"]: self._folder / each["path"] for each in session.fetch(FILES, schema)}

    def _write_index(self, path: Path, index: IndexStatistics, table: TableStatistics) -> None:
        pages = _first_pages(first_page(path), index, table)
        overwrite(path, pages)
        self._files.stretch(path, max(index.pages, len(pages) // PAGE))


def _forget_indexes(session: Session, schema: str) -> None:
    """Have the server drop what it holds of the indexes' pages; one that is being written at the moment comes later."""
    for _ in range(TRIES):
        if not session.value(EVICT_INDEXES, schema):
            return
        time.sleep(PAUSE)
    raise database_error("twin-in-use", "pages of the scale twin are in use", "end other connections to it")


def _first_pages(first: bytes, index: IndexStatistics, table: TableStatistics) -> bytes:
    """Return the pages that the planner reads; of some kinds of indexes it reads none."""
    if index.method == "btree":
        return btree_pages(first, index.height)
    if index.method == "gin" and index.gin:
        return gin_first_page(first, index.gin)
    return brin_first_page(first, table.pages) if index.method == "brin" else first
