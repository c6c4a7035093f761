"""What a sentence asks for and no code adds yet → the lines of YAML that add it."""

from ruamel.yaml import YAML

from backend_architect.brief import Brief
from backend_architect.design.load import LoadedDesign
from backend_architect.errors import BriefError
from backend_architect.patterns.text import design_text
from backend_architect.proposal import propose_design

SECTIONS = ("entities", "edges", "lists", "events")
OWN = "change backend.yaml by hand, then: architect build"


def lines_by_hand(loaded: LoadedDesign, brief: Brief) -> str:
    """Return the advice: the lines that a new backend would have for the same words, less what the design has."""
    try:
        proposed = propose_design(brief)
    except BriefError:
        return OWN
    yaml = YAML(typ="safe", pure=True)
    wanted, known = yaml.load(proposed.text), yaml.load(loaded.text)
    missing = {
        section: {key: value for key, value in wanted.get(section, {}).items() if key not in known.get(section, {})}
        for section in SECTIONS
    }
    lines = {section: entries for section, entries in missing.items() if entries}
    if not lines:
        return OWN
    return f"look at these lines, put those that fit into backend.yaml, then: architect build\n{design_text(lines, {})}"
