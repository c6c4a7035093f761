"""The tests of a built project that follow from its design: factories, access tables, behaviour, counts, checks."""

from backend_architect.design.model import Entity
from backend_architect.project.tests.actions import render_actions
from backend_architect.project.tests.behaviour import render_behaviour
from backend_architect.project.tests.checks import render_checks
from backend_architect.project.tests.counts import render_counts
from backend_architect.project.tests.effects import render_effects
from backend_architect.project.tests.extremes import render_extremes
from backend_architect.project.tests.factories import render_factories
from backend_architect.queries.model import Queries
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.schema import Schema


def render_tests(resolved: ResolvedDesign, schema: Schema, queries: Queries) -> dict[str, str]:
    """Return the test files that follow from the design, as text by path."""
    design = resolved.design
    files = {"tests/factories.py": render_factories(design)}
    for plural, row in design.rows_by_plural.items():
        found = queries.by_slice[plural]
        if not found:
            continue
        files[f"tests/{plural}/__init__.py"] = ""
        entity = row if isinstance(row, Entity) else None
        files[f"tests/{plural}/test_{plural}.py"] = render_behaviour(resolved, row, entity, found)
        acts = render_actions(resolved, entity, found) if entity else ""
        files |= {f"tests/{plural}/test_{plural}_actions.py": acts} if acts else {}
    optional = {
        "tests/test_counts.py": render_counts(design, schema),
        "tests/test_effects.py": render_effects(resolved, queries),
        "tests/test_extremes.py": render_extremes(resolved, queries),
        "tests/test_checks.py": render_checks(resolved),
    }
    return files | {path: text for path, text in optional.items() if text}
