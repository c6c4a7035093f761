"""Which table a name without a schema means, where several schemas hold one of that name."""

from backend_architect.planner_twin.structure import read_structure
from backend_architect.postgres import Session
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import catalog_of

TWO = """
CREATE SCHEMA app;
CREATE SCHEMA zone;
CREATE TABLE app.orders (id int);
CREATE TABLE zone.orders (id int);
CREATE TABLE zone.places (id int);
CREATE TABLE orders (id int)
""".strip()
SET = """;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path TO app, public', current_database()); END $$
"""


def test_a_name_means_what_the_databases_search_path_finds(new_database: NewDatabase) -> None:
    plain, own = catalog_of(new_database(TWO)), new_database(TWO + SET)
    assert plain.table_by_name["", "orders"].schema == "public"
    assert plain.table_by_name["", "places"].schema == "zone"  # on no path, but there is no other
    catalog = catalog_of(own)
    assert catalog.table_by_name["", "orders"].schema == "app"
    assert catalog.table_by_name["zone", "orders"].schema == "zone"
    with Session(own) as session:
        assert read_structure(session).search_path == catalog.search_path == ("app", "public")
