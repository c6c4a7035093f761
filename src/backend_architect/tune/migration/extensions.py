"""Which extensions the keys of an index need."""

from backend_architect.postgres.catalog import Table
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.migration.model import MigrationStep, StepKind

OPCLASSES = {"gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm"}
OWN_TYPES = {
    "gin": ("[]", "jsonb", "tsvector"),
    "gist": ("box", "circle", "inet", "cidr", "point", "polygon", "range", "tsquery", "tsvector"),
}
FOR_SCALARS = {"gin": "btree_gin", "gist": "btree_gist"}


def extensions_of(index: NewIndex, table: Table) -> set[str]:
    """Return the names of the extensions that the index needs."""
    found = {OPCLASSES[_bare(key.opclass)] for key in index.keys if _bare(key.opclass) in OPCLASSES}
    if any(_is_scalar(key, index.method, table) for key in index.keys):
        found.add(FOR_SCALARS[index.method])
    return found


def step_to_extend(name: str) -> MigrationStep:
    """Return the step that installs one; a rollback leaves it, as others may use it by then."""
    return MigrationStep(
        id=f"create-extension:{name}", kind=StepKind.CREATE_EXTENSION, sql=f"CREATE EXTENSION IF NOT EXISTS {name};"
    )


def _bare(opclass: str) -> str:
    return opclass.split("(", maxsplit=1)[0].rpartition(".")[2].strip('" ')


def _is_scalar(key: NewKey, method: str, table: Table) -> bool:
    column = table.column(key.column)
    if method not in OWN_TYPES or key.opclass or column is None:
        return False
    return not column.type.endswith(OWN_TYPES[method])
