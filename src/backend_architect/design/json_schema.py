"""The language as JSON Schema, for editors to complete and for models to be held to."""

from backend_architect.design.kinds import Schema
from backend_architect.design.language.design_file import DESIGN


def design_json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a design file, made from the tables that also read it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "backend.yaml",
        "description": "The design of a backend: what is stored, who may do what, and what it must hold.",
        **DESIGN.schema(),
    }
