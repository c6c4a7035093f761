"""A tuning run as data, for machines: format 1, described by docs/reference/tune.schema.json.

Keys are never renamed or removed within a format; new ones may come.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

from backend_architect.errors import Problem
from backend_architect.finding import Finding
from backend_architect.report.changes_data import FORMAT, changes_data
from backend_architect.report.growth_data import growth_data
from backend_architect.report.tuning import Tuning, verdict
from backend_architect.tune.indexes.model import Advice, Recommended, StatementCost
from backend_architect.tune.samples import Samples
from backend_architect.tune.workload import Statement, Workload

COSTLIEST_SHOWN = 20


def tuning_data(tuning: Tuning) -> dict[str, object]:
    """Return everything that a run came to, as mappings, lists and scalars."""
    catalog = tuning.observed.catalog
    return {
        "format": FORMAT,
        "database": catalog.database,
        "postgresql": catalog.version,
        "standby": catalog.standby,
        "verdict": verdict(tuning),
        "workload": _workload(tuning.observed.workload),
        "findings": [_finding(finding) for finding in tuning.findings],
        "advice": _advice(tuning.advice),
        "growth": growth_data(tuning.growth),
        "migration": tuning.migration,
        "migration_files": list(tuning.migration_files),
        "changes": changes_data(tuning.applied) if tuning.applied else None,
        "accepted": tuning.accepted,
        "problems": [_problem(problem) for problem in tuning.problems],
    }


def _workload(workload: Workload | None) -> Mapping[str, object] | None:
    if workload is None:
        return None
    return {
        "source": workload.source,
        "statements": len(workload.statements),
        "seconds": workload.seconds,
        "total_ms": workload.total_ms,
        "unread_ms": workload.unread_ms,
        "tenants": list(workload.tenants),
        "left_out": dict(workload.left_out),
        "notes": list(workload.notes),
        "dearest": [_costliest(each) for each in workload.statements[:COSTLIEST_SHOWN]],
        "samples": _samples(workload.samples),
    }


def _costliest(each: Statement) -> Mapping[str, object]:
    return {**_statement(each), "total_ms": each.total_ms, "mean_ms": each.mean_ms}


def _statement(each: Statement) -> dict[str, object]:
    return {"id": each.id, "name": each.name, "text": each.text, "source": each.source, "calls": each.calls}


def _samples(samples: Samples | None) -> Mapping[str, object] | None:
    return None if samples is None else {**asdict(samples), "active": samples.active}


def _finding(finding: Finding) -> Mapping[str, object]:
    levels = {"severity": finding.severity.value, "sureness": finding.sureness.value}
    more = [_finding(each) for each in finding.more]
    return {**asdict(replace(finding, more=())), **levels, "key": finding.key, "more": more}


def _advice(advice: Advice | None) -> Mapping[str, object] | None:
    if advice is None:
        return None
    return {
        "what_if": advice.what_if,
        "candidates": advice.candidates,
        "budget": advice.budget,
        "bytes": advice.bytes,
        "cost_before": advice.before,
        "cost_after": advice.after,
        "indexes": [_index(each) for each in advice.recommended],
        "statements": [_cost(each) for each in advice.statements],
        "measured_ms": advice.measured_ms,
        "saved_ms_at_most": advice.ms_before - advice.ms_after if advice.measured_ms else None,
        "unit_ms": advice.unit_ms,
        "judged": advice.judged,
        "taken_out": list(advice.taken_out),
        "left": list(advice.left),
        "unplanned": dict(advice.unplanned),
        "share_of_time": advice.share,
    }


def _index(each: Recommended) -> Mapping[str, object]:
    return {
        "name": each.index.name,
        "schema": each.index.schema,
        "table": each.index.table,
        "method": each.index.method,
        "sql": each.sql,
        "row_security": each.security,
        "other_tenants": [
            {"schema": other.schema, "sql": other.statement(concurrently=not each.partitioned)} for other in each.others
        ],
        "bytes": each.bytes,
        "gain": each.gain,
        "upkeep": each.upkeep,
        "statements": list(each.statements),
        "covers": [index.qualified for index in each.covers],
        "tried": each.tried,
        "supposes": each.supposes,
    }


def _cost(each: StatementCost) -> Mapping[str, object]:
    return {
        **_statement(each.statement),
        "cost_before": each.before,
        "cost_after": each.after,
        "cost_planned": each.planned or each.before,
        "mean_ms": each.statement.mean_ms,
        "mean_ms_at_best": each.ms_after,
        "uses": list(each.uses),
        "problem": each.problem,
    }


def _problem(problem: Problem) -> Mapping[str, object]:
    return {"code": problem.code, "message": problem.message, "fix": problem.fix, **asdict(problem.place)}
