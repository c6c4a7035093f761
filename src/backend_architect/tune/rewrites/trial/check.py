"""Checks rewrites on an embedded server: in a database of their own, each in a transaction that is taken back."""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from pglast import ast

from backend_architect.planner_twin.logins import create_role, drop_role
from backend_architect.planner_twin.twin import PREFIX
from backend_architect.postgres import Connection, Refused, connect
from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import tree_of
from backend_architect.tune.rewrites.model import (
    CannotRewrite,
    Joined,
    Lookups,
    Pages,
    Rewrite,
    RewriteVerdict,
    SameRows,
    Trial,
)
from backend_architect.tune.rewrites.scope import table_named
from backend_architect.tune.rewrites.trial.compare import (
    RowComparison,
    Runner,
    compare_joined,
    compare_lookups,
    compare_pages,
    compare_same_rows,
)
from backend_architect.tune.rewrites.trial.parameters import Place, compared_in, constants_in, members_in, nulls_in
from backend_architect.tune.rewrites.trial.tables import ROWS, WantedValues, statements_for

LONGEST = 10.0
SETTINGS = {"statement_timeout": "5000", "application_name": "backend-architect rewrites"}


async def check(rewrite: Rewrite, catalog: Catalog, server: str) -> RewriteVerdict:
    """Return what running both statements says, on the embedded server at the URL `server`."""
    return (await check_all([rewrite], catalog, server))[0]


async def check_all(rewrites: Sequence[Rewrite], catalog: Catalog, server: str) -> tuple[RewriteVerdict, ...]:
    """Return the verdict of each rewrite. The server must be one that may be written to: never the tuned one.

    Statements are run by a role that can do nothing outside the database that is made for them.
    """
    if not rewrites:
        return ()
    admin = await connect(server)
    name = f"{PREFIX}{os.getpid()}_rewrites_{id(rewrites)}"  # as twins are called: what a killed run left is dropped
    try:
        await admin.execute(create_role(name))
        await admin.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0 STRATEGY file_copy")
        connection = await connect(_in_database(server, name), settings=SETTINGS)
        try:
            return tuple([await _checked(connection, each, catalog) for each in rewrites])
        finally:
            await connection.close()
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            await admin.execute(drop_role(name))
    finally:
        await admin.close()


async def _checked(connection: Connection, rewrite: Rewrite, catalog: Catalog) -> RewriteVerdict:
    await connection.execute("BEGIN")
    try:
        await _make_tables(connection, rewrite.trial, catalog)
        async with asyncio.timeout(LONGEST):
            found = await _compare(Runner(connection, catalog), rewrite.trial)
    except TimeoutError:
        return RewriteVerdict("unchecked", f"not checked: it takes more than {LONGEST:.0f} seconds on generated rows")
    except (Refused, CannotRewrite) as error:
        return RewriteVerdict("unchecked", f"not checked: {str(error).splitlines()[0]}")
    finally:
        await connection.execute("ROLLBACK")
    if not found.same:
        return RewriteVerdict("different", "running both on generated rows gave different rows")
    if not found.rows:
        return RewriteVerdict("unchecked", "not checked: no generated row is found by it")
    return RewriteVerdict("same", f"checked on {ROWS} generated rows a table: the same {found.description}")


async def _make_tables(connection: Connection, trial: Trial, catalog: Catalog) -> None:
    trees = [tree_of(text) for text in _texts(trial)]
    tables = {table.oid: table for tree in trees for table in _tables(tree, catalog)}
    wanted = WantedValues(
        constants=_gathered(each for tree in trees for each in constants_in(tree, catalog)),
        searched=frozenset(each.place for tree in trees for each in compared_in(tree, catalog)),
        never_null=frozenset(trial.never_null if isinstance(trial, SameRows) else ()),
        often_null=frozenset(each for tree in trees for each in nulls_in(tree, catalog)),
        members=_gathered(each for tree in trees for each in members_in(tree, catalog)),
    )
    in_order = sorted(tables.values(), key=lambda table: (table.schema, table.name))
    for statement in statements_for(in_order, catalog, wanted):
        await connection.execute(statement)


def _gathered(found: Iterable[tuple[Place, str]]) -> Mapping[Place, tuple[str, ...]]:
    """Return what was found of each column, once."""
    gathered: dict[Place, tuple[str, ...]] = {}
    for place, value in found:
        gathered[place] = tuple(dict.fromkeys((*gathered.get(place, ()), value)))
    return gathered


def _tables(tree: Any, catalog: Catalog) -> list[Any]:
    found = []
    for each in nodes(tree, ast.RangeVar):
        try:
            found.append(table_named(catalog, each))
        except CannotRewrite:
            continue  # a CTE's name; a table that is missing is refused by the server
    return found


def _texts(trial: Trial) -> tuple[str, ...]:
    """Return the statements that a trial runs."""
    match trial:
        case SameRows():
            return trial.before, trial.after
        case Pages():
            return (trial.whole,)
        case Lookups():
            return trial.lookup, trial.batched
        case Joined():
            return trial.listed_with_key, trial.lookup


async def _compare(run: Runner, trial: Trial) -> RowComparison:
    match trial:
        case SameRows():
            return await compare_same_rows(run, trial)
        case Pages():
            return await compare_pages(run, trial)
        case Lookups():
            return await compare_lookups(run, trial)
        case Joined():
            return await compare_joined(run, trial)


def _in_database(server: str, name: str) -> str:
    """Return the URL of another database of a server, for the role that has its name."""
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{name}@{host}", path=f"/{quote(name, safe='')}").geturl()
