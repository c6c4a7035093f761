"""What turns bad as the tables grow, as data: the `growth` of docs/reference/tune.schema.json."""

from collections.abc import Mapping

from backend_architect.tune.growth import AdvisedGrowth, GrowthStudy, Turning


def growth_data(study: GrowthStudy | None) -> Mapping[str, object] | None:
    """Return the study as mappings, lists and scalars; None for none."""
    if study is None:
        return None
    return {
        "times": study.times,
        "holding": study.holding,
        "turning": [_turning(each) for each in study.turning],
        "growing": dict(study.growing),
        "staying": list(study.staying),
        "unplanned": [{"id": statement.id, "reason": reason} for statement, reason in study.unplanned],
        "left": list(study.left),
        "advised": _advised(study.advised),
    }


def _advised(advised: AdvisedGrowth | None) -> Mapping[str, object] | None:
    if advised is None:
        return None
    return {
        "indexes": advised.indexes,
        "turning": [_turning(each) for each in advised.turning],
        "refused": dict(advised.refused),
        "left": list(advised.left),
    }


def _turning(each: Turning) -> Mapping[str, object]:
    statement = each.statement
    return {
        "id": statement.id,
        "name": statement.name,
        "text": statement.text,
        "times": each.times,
        "why": each.why,
        "points": [{"times": point.times, "cost": point.cost, "rows": point.rows} for point in each.points],
    }
