"""Evidence, read back from the data that it was written as."""

from collections.abc import Mapping
from typing import Any

from backend_architect.proof.evidence import Case, Evidence, Group, Machine, Measure, Result, Verdict


def read_evidence(data: Mapping[str, Any]) -> Evidence:
    """Return the evidence; raises LookupError, TypeError or ValueError where the data is something else."""
    return Evidence(
        **{**data, "machine": Machine(**data["machine"])}
        | {"wanted": tuple(data["wanted"]), "results": tuple(_result(each) for each in data["results"])}
    )


def _result(data: Mapping[str, Any]) -> Result:
    cases = tuple(_case(each) for each in data["cases"])
    seconds, tries = float(data["seconds"]), int(data.get("tries", 1))
    return Result(data["probe"], Group(data["group"]), data["title"], seconds, cases, tries)


def _case(data: Mapping[str, Any]) -> Case:
    measures = tuple(Measure(**each) for each in data["measures"])
    return Case(**{**data, "verdict": Verdict(data["verdict"]), "measures": measures})
