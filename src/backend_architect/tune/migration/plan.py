"""Advice and findings → the steps, in the order in which they must run.

Extensions first; then the new indexes one at a time, the one that saves most first; then what is dropped, each after
the index that covers it is valid; then rebuilding, statistics and settings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from backend_architect.finding import Finding, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.indexes.model import Advice, NewIndex, Recommended
from backend_architect.tune.migration.creating import Reason, find_table, steps_to_create
from backend_architect.tune.migration.dropping import step_to_drop
from backend_architect.tune.migration.extensions import extensions_of, step_to_extend
from backend_architect.tune.migration.finding_steps import steps_from_findings
from backend_architect.tune.migration.model import Migration, MigrationStep, StepKind
from backend_architect.tune.migration.overlapping_findings import FOREIGN_KEY, serving
from backend_architect.tune.migration.partitioned import free_name

ORDER = {kind: place for place, kind in enumerate(StepKind)}
NOT_SEEN = "it supposes {} in its expression; compare it with the application, and build it yourself"
CREATES = {StepKind.CREATE_INDEX, StepKind.CREATE_PARENT_INDEX, StepKind.ATTACH_INDEX}


def plan_migration(advice: Advice | None, findings: Iterable[Finding], catalog: Catalog) -> Migration:
    """Return what would be done to the database of `catalog`; the same for the same advice and findings."""
    everything = sorted(advice.recommended, key=lambda each: (-each.gain, each.index)) if advice else []
    recommended = [each for each in everything if not each.supposes]
    creating, dropping, indexes = _advised(advice, recommended, catalog)
    left_out = [f"{each.index.name}: {NOT_SEEN.format(each.supposes)}" for each in everything if each.supposes]
    for finding in findings:
        if _is_decided(finding, recommended, advice):
            continue
        from_findings = steps_from_findings(finding, catalog)
        left_out += [from_findings.left_out] if from_findings.left_out else []
        creating += [step for step in from_findings.steps if step.kind in CREATES]
        dropping += [step for step in from_findings.steps if step.kind not in CREATES]
    steps = _unique([*creating, *_analyses(indexes, creating, catalog), *dropping])
    dropped = {(step.schema, step.index) for step in steps if step.kind is StepKind.DROP_INDEX}
    steps = [step for step in steps if step.kind is not StepKind.REINDEX or (step.schema, step.index) not in dropped]
    ordered = sorted(steps, key=lambda step: ORDER[StepKind.CREATE_INDEX if step.kind in CREATES else step.kind])
    all_steps = (*_extensions(steps, indexes, catalog), *ordered)
    return Migration(catalog.database, catalog.version, all_steps, tuple(left_out))


def _advised(
    advice: Advice | None, recommended: list[Recommended], catalog: Catalog
) -> tuple[list[MigrationStep], list[MigrationStep], list[NewIndex]]:
    """Return the steps that create, those that drop what is covered, and the indexes themselves."""
    creating: list[MigrationStep] = []
    dropping: list[MigrationStep] = []
    serves = _served(advice) if advice else {}
    for each in recommended:
        served = f"serves {', '.join(each.statements)}" if each.statements else ""
        made = steps_to_create(
            each.index, catalog, Reason(each.bytes, each.gain, serves.get(each.index.name, ()), served)
        )
        creating += made
        for other in each.others:
            reason = f"as {each.index.name} of {each.index.qualified_table}, for another tenant"
            creating += steps_to_create(other, catalog, Reason(description=reason))
        if not made:
            continue
        after = tuple(step.id for step in made)
        for index in each.covers:
            drop = step_to_drop(index, catalog, f"{each.index.name} serves all that it serves", after)
            dropping += [drop] if drop else []
    return creating, dropping, [each.index for each in recommended]


def _served(advice: Advice) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the statements by the advised index that their plans use."""
    found: dict[str, list[str]] = {}
    for cost in advice.statements:
        for name in cost.uses:
            found.setdefault(name, []).append(cost.statement.id)
    return {name: tuple(ids) for name, ids in found.items()}


def _is_decided(finding: Finding, recommended: list[Recommended], advice: Advice | None) -> bool:
    """Return whether the advice has already answered a finding that asks for an index."""
    if "CREATE INDEX" not in finding.sql or finding.code == "invalid-index":
        return False
    if finding.code != FOREIGN_KEY:
        return advice is not None and finding.sureness is not Sureness.CERTAIN
    return bool(serving(finding, recommended))


def _analyses(indexes: list[NewIndex], creating: list[MigrationStep], catalog: Catalog) -> list[MigrationStep]:
    """Return an ANALYZE for each table that gets an index of an expression: its statistics are not there before."""
    found = []
    for index in indexes:
        table = find_table(catalog, index.schema, index.table)
        if table is None or all(key.column for key in index.keys):
            continue
        own = free_name(index, catalog)
        made = [step.id for step in creating if step.index == own and step.makes_index]
        if not made:
            continue
        blank = MigrationStep(
            id="", kind=StepKind.ANALYZE, sql="", schema=table.schema, table=table.name, table_oid=table.oid
        )
        name = blank.qualified_table
        why = f"the planner knows nothing of the expression of {index.name} before"
        found.append(replace(blank, id=f"analyze:{name}", sql=f"ANALYZE {name};", why=why, after=(made[0],)))
    return found


def _extensions(steps: list[MigrationStep], indexes: list[NewIndex], catalog: Catalog) -> list[MigrationStep]:
    needed: set[str] = set()
    for index in indexes:
        table = find_table(catalog, index.schema, index.table)
        needed |= extensions_of(index, table) if table else set()
    needed |= {"pg_trgm" for step in steps if "_trgm_ops" in step.sql and step.makes_index}
    return [step_to_extend(name) for name in sorted(needed)]


def _unique(steps: list[MigrationStep]) -> list[MigrationStep]:
    """Return each step once; of two the first, which has the advice's reasons."""
    kept: dict[str, MigrationStep] = {}
    for step in steps:
        kept.setdefault(step.id, step)
    return list(kept.values())
