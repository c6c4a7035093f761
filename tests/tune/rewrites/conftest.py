"""A shop with hostile names beside plain ones, and what a test asks of the rewrites of its statements."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune import observe
from backend_architect.tune.rewrites import Rewrite, RewriteVerdict, rewrite
from backend_architect.tune.rewrites.trial import check_all

SHOP = """
CREATE SCHEMA "Sal es";
CREATE TYPE "Sal es".state AS ENUM ('open', 'paid', 'Weird "x"');
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name text,
  created_at timestamptz NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, status text NOT NULL,
  total numeric(10, 2), shipped_at timestamp, created_at timestamptz NOT NULL);
CREATE INDEX by_date ON orders (created_at, id);
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders, line int, sku text, PRIMARY KEY (order_id, line));
CREATE TABLE logs (at timestamptz, body text);
CREATE TABLE "Sal es"."Or""der" ("Id" uuid PRIMARY KEY, "select" "Sal es".state NOT NULL, "Ünï code" int,
  "user" bigint REFERENCES users)
"""

Verdicts = Callable[[Sequence[Rewrite]], Sequence[RewriteVerdict]]


@pytest.fixture(scope="session")
def catalog(server: EmbeddedServer) -> Catalog:
    """The catalog of the shop."""
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE rewritten STRATEGY file_copy")
    with Session(server.url("rewritten")) as session:
        session.run(SHOP)
    return asyncio.run(observe(server.url("rewritten"))).observed.catalog


@pytest.fixture
def verdicts(server: EmbeddedServer, catalog: Catalog) -> Verdicts:
    """Return what running each rewrite beside its statement says."""
    return lambda rewrites: asyncio.run(check_all(rewrites, catalog, server.url()))


def written(code: str, text: str, catalog: Catalog, listed: str = "") -> Rewrite:
    """Return the first rewrite of a statement; fails when it is refused."""
    found = rewrite(code, text, catalog, listed=listed)[0]
    assert isinstance(found, Rewrite), found
    return found
