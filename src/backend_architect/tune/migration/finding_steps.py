"""The SQL of findings → steps. What does not belong into a migration is named, with the reason."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pglast import ast, enums, parse_sql
from pglast.stream import RawStream

from backend_architect.finding import Finding, Sureness
from backend_architect.postgres.catalog import Catalog, Index, Table
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.migration.creating import Reason, find_table, steps_to_create
from backend_architect.tune.migration.dropping import as_concurrent, step_to_drop
from backend_architect.tune.migration.model import MigrationStep, StepKind
from backend_architect.tune.migration.read_index import read_index

OF_A_BROKEN_REINDEX = re.compile(r"_cc(new|old)\d*$")
OF_NO_TABLE = "it changes the server or what runs on it, not this database's tables"
NOT_SURE = "needs your decision; not applied automatically"
REWRITES = "it rewrites or checks a whole table under a lock: choose a quiet hour for it"
GONE = "there is no such table or index in the catalog, or it cannot be changed from here"


@dataclass(frozen=True, slots=True)
class FindingSteps:
    """The steps that mend a finding, or the reason why there are none."""

    steps: tuple[MigrationStep, ...] = ()
    left_out: str = ""


def steps_from_findings(finding: Finding, catalog: Catalog) -> FindingSteps:
    """Return what a finding's SQL becomes. Only what is certain is dropped; what is merely possible is left out."""
    if not finding.sql:
        return FindingSteps()
    trees = [raw.stmt for raw in parse_sql(finding.sql)]
    drops = any(isinstance(tree, ast.DropStmt) for tree in trees)
    if finding.sureness is Sureness.POSSIBLE or (drops and finding.sureness is not Sureness.CERTAIN):
        return FindingSteps(left_out=_left_out(finding, NOT_SURE))
    if not all(isinstance(tree, tuple(READERS)) for tree in trees):
        return FindingSteps(left_out=_left_out(finding, OF_NO_TABLE))
    if any(_rewrites(tree) for tree in trees):
        return FindingSteps(left_out=_left_out(finding, REWRITES))
    steps = tuple(step for tree in trees for step in READERS[type(tree)](tree, finding, catalog))
    return FindingSteps(steps) if steps else FindingSteps(left_out=_left_out(finding, GONE))


def _rewrites(tree: Any) -> bool:
    """Return whether a statement may hold a lock that stops others for as long as the table is large."""
    if isinstance(tree, ast.VacuumStmt):
        return any(option.defname == "full" for option in tree.options or ())
    if isinstance(tree, ast.ReindexStmt):
        return not any(option.defname == "concurrently" for option in tree.params or ())
    kept = enums.AlterTableType.AT_SetRelOptions
    return isinstance(tree, ast.AlterTableStmt) and any(each.subtype != kept for each in tree.cmds or ())


def _left_out(finding: Finding, reason: str) -> str:
    return f"{finding.code}, {finding.subject}: {reason}"


def _create(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    broken = _index(catalog, tree.relation.schemaname or "public", tree.idxname or "")
    if broken is not None and not broken.valid:
        yield _rebuild(broken, catalog.table_by_oid[broken.table], finding)
        return
    yield from steps_to_create(read_index(tree), catalog, Reason(description=finding.message))


def _rebuild(index: Index, table: Table, finding: Finding) -> MigrationStep:
    """Return the step that builds a broken index anew; what a broken REINDEX left is only dropped."""
    name = full_name(index.schema, index.name)
    left = OF_A_BROKEN_REINDEX.search(index.name)
    made = as_concurrent(index.definition)
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name};"
    return MigrationStep(
        id=f"{'drop' if left else 'create'}-index:{name}",
        kind=StepKind.DROP_INDEX if left else StepKind.CREATE_INDEX,
        sql=drop if left else f"{made};",
        schema=table.schema,
        table=table.name,
        table_oid=table.oid,
        index=index.name,
        bytes=index.bytes,
        why=finding.message,
        rollback="" if left else drop,
    )


def _drop(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    for names in tree.objects if tree.removeType == enums.ObjectType.OBJECT_INDEX else ():
        schema, name = _names(names)
        index = _index(catalog, schema, name)
        if index is not None and index.valid:
            step = step_to_drop(index, catalog, finding.message)
            if step is not None:
                yield step


def _reindex(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    index = _index(catalog, tree.relation.schemaname or "public", tree.relation.relname)
    if index is not None:
        table = catalog.table_by_oid[index.table]
        name = full_name(index.schema, index.name)
        sql = f"REINDEX INDEX CONCURRENTLY {name};"
        yield _of_table(StepKind.REINDEX, f"reindex:{name}", sql, table, finding, index=index.name, bytes=index.bytes)


def _vacuum(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    for each in tree.rels or ():
        table = _table(each.relation, catalog)
        if table is not None:
            kind = StepKind.VACUUM if tree.is_vacuumcmd else StepKind.ANALYZE
            identity = f"{kind.value}:{full_name(table.schema, table.name)}"
            yield _of_table(kind, identity, f"{RawStream()(tree)};", table, finding)


def _options(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    table = _table(tree.relation, catalog)
    if table is None:
        return
    before = dict(option.split("=", 1) for option in table.options)
    names = [option.defname for command in tree.cmds for option in command.def_]
    back = [f"SET ({name} = {before[name]})" if name in before else f"RESET ({name})" for name in names]
    full = full_name(table.schema, table.name)
    undo = f"ALTER TABLE {full} {', '.join(back)};"
    identity = f"set-options:{full}:{','.join(sorted(names))}"
    yield _of_table(StepKind.SET_OPTIONS, identity, f"{RawStream()(tree)};", table, finding, rollback=undo)


def _statistics(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    """Yield the step that makes the statistics, and the ANALYZE that fills them."""
    table = _table(tree.relations[0], catalog)
    if table is None or not tree.defnames:
        return
    schema, name = _names(tree.defnames)
    tree.defnames, tree.if_not_exists = (ast.String(schema), ast.String(name)), True
    full = full_name(schema, name)
    made, undo = f"{RawStream()(tree)};", f"DROP STATISTICS IF EXISTS {full};"
    identity = f"create-statistics:{full}"
    yield _of_table(StepKind.CREATE_STATISTICS, identity, made, table, finding, rollback=undo)
    filled = full_name(table.schema, table.name)
    yield _of_table(StepKind.ANALYZE, f"analyze:{filled}", f"ANALYZE {filled};", table, finding, after=(identity,))


def _of_table(kind: StepKind, identity: str, sql: str, table: Table, finding: Finding, **more: Any) -> MigrationStep:
    own = MigrationStep(identity, kind, sql, table.schema, table.name, table.oid, why=finding.message)
    return replace(own, **more)


def _nothing(tree: Any, finding: Finding, catalog: Catalog) -> Iterator[MigrationStep]:
    """Yield nothing: the extensions follow from the indexes."""
    yield from ()


def _table(relation: Any, catalog: Catalog) -> Table | None:
    """Return the table, and say its schema in the tree."""
    relation.schemaname = relation.schemaname or "public"
    table = find_table(catalog, relation.schemaname, relation.relname)
    return None if table is None or table.temporary else table


def _index(catalog: Catalog, schema: str, name: str) -> Index | None:
    return next((each for each in catalog.indexes if (each.schema, each.name) == (schema, name)), None)


def _names(parts: Any) -> tuple[str, str]:
    names = [part.sval for part in parts]
    return (names[-2] if len(names) > 1 else "public"), names[-1]


READERS = {
    ast.CreateExtensionStmt: _nothing,
    ast.IndexStmt: _create,
    ast.DropStmt: _drop,
    ast.ReindexStmt: _reindex,
    ast.VacuumStmt: _vacuum,
    ast.AlterTableStmt: _options,
    ast.CreateStatsStmt: _statistics,
}
