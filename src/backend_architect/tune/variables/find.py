"""The names in a statement that are no column of any table in sight."""

from typing import Any

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.names import read_names
from backend_architect.sql.scopes import names_in


def variables_in(tree: Any, catalog: Catalog) -> set[tuple[int, str]]:
    """Return the place of each variable in the text, and its name; of a statement that has a plan."""
    return {(each.location, ".".join(names_in(each))) for each in read_names(tree, catalog).unknown()}
