"""Plans, and how far two of them are the same."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

NEAR = 0.1
SHAPE = ("Node Type", "Join Type", "Relation Name", "Index Name", "Strategy", "Partial Mode", "Scan Direction")
CANDIDATE = re.compile(r"^-- (?P<name>[^\n.]+)\n(?P<ddl>CREATE[^;]+);\n(?P<sql>[^;]+);", re.MULTILINE)
STATEMENT = re.compile(r"^-- (?P<name>[^\n.]+)\n(?P<sql>[^;]+);", re.MULTILINE)

Plan = Mapping[str, Any]
Plans = Mapping[str, Plan]


def read_statements(path: Path) -> Iterator[tuple[str, str]]:
    """Give each statement of a file with its name, the comment above it."""
    for found in STATEMENT.finditer(path.read_text()):
        yield found["name"], found["sql"]


def read_candidates(path: Path) -> Iterator[tuple[str, str, str]]:
    """Give each index of a file with its name, the comment above it, and the statement below that it would serve."""
    for found in CANDIDATE.finditer(path.read_text()):
        yield found["name"], found["ddl"], found["sql"]


def near(one: Plan, other: Plan, figure: str) -> bool:
    """Return whether a figure of two plans differs by no more than a tenth."""
    return abs(one[figure] - other[figure]) <= NEAR * abs(other[figure])


def shape(plan: Plan) -> tuple[object, ...]:
    """Return what a plan does, without its figures."""
    return (*(plan.get(part) for part in SHAPE), *(shape(child) for child in plan.get("Plans", ())))


def text(plan: Plan) -> str:
    """Return a plan in one line, with the costs."""
    own = plan["Node Type"] + f" {plan.get('Index Name') or plan.get('Relation Name') or ''}".rstrip()
    children = ", ".join(text(child) for child in plan.get("Plans", ()))
    return f"{own} {plan['Total Cost']:.0f}" + (f" ({children})" if children else "")
