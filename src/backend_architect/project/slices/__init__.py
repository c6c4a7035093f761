"""One folder of a built project for each resource: its routes, access table, schemas, statements and tests."""

from backend_architect.project.slices.render import render_slices

__all__ = ["render_slices"]
