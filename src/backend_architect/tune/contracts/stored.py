"""A contract as a file: sorted, a line for each step of a plan, so that another plan changes its own lines."""

import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.tune.contracts.model import Contract, Contracted, Shape

FORMAT = 1
FIX = "write it again: architect tune plans --save FILE"


class ContractError(ArchitectError):
    """A file is no contract that can be read."""


def contract_text(contract: Contract) -> str:
    """Return the file's text; sizes with the same plan stand together."""
    document = {
        "format": FORMAT,
        "rows": {name: _rounded(rows) for name, rows in contract.rows.items()},
        "indexes": sorted(contract.indexes),
        "statements": {name: _statement(each) for name, each in sorted(contract.statements.items())},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rounded(rows: float) -> int:
    """Return a number of rows with two digits: a live table's differ by some at every look."""
    return int(float(f"{rows:.2g}"))


def _statement(each: Contracted) -> Mapping[str, object]:
    if each.refused:
        return {"text": each.digest, "refused": each.refused}
    groups = groupby(sorted(each.plans), key=lambda times: each.plans[times])
    return {"text": each.digest, "plans": {", ".join(f"{t:g}x" for t in same): list(plan) for plan, same in groups}}


def read_contract(path: Path) -> Contract:
    """Return the contract of a file; raises ContractError where it is none."""
    place = Place(str(path))
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ContractError(Problem("no-contract", f"its format is {document['format']}, not {FORMAT}", FIX, place))
        rows = {str(name): float(number) for name, number in document["rows"].items()}
        statements = {str(name): _read(str(name), each) for name, each in document["statements"].items()}
        return Contract(rows, statements, frozenset(map(str, document["indexes"])))
    except OSError as error:
        raise ContractError(Problem("no-contract", str(error.strerror), FIX, place)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContractError(Problem("no-contract", f"it is no contract: {error}", FIX, place)) from error


def _read(name: str, each: Mapping[str, Any]) -> Contracted:
    plans: dict[float, Shape] = {}
    for sizes, lines in each.get("plans", {}).items():
        plans |= {float(size.strip().removesuffix("x")): tuple(map(str, lines)) for size in sizes.split(",")}
    return Contracted(name, str(each["text"]), plans, str(each.get("refused", "")))
