"""Free text → Brief: what a person asked for, which words said so, and which words meant nothing."""

from backend_architect.brief.model import Amount, Brief, Excluded, Feature, Intent, Mention, NamedKind, Noun, Span, Unit
from backend_architect.brief.read import read_brief

__all__ = [
    "Amount",
    "Brief",
    "Excluded",
    "Feature",
    "Intent",
    "Mention",
    "NamedKind",
    "Noun",
    "Span",
    "Unit",
    "read_brief",
]
