"""Every type is checked, strictly, whatever the project's own settings let pass."""

from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.maintain.checked import checked
from backend_architect.proof.probe import Probe


def strict_types(lab: Lab) -> Iterator[Case]:
    """Give one case: whether mypy finds nothing in strict mode."""
    cache = str(lab.subject.folder / ".data" / "mypy")  # so that the next proof is quicker
    yield checked(lab, "strict types", "mypy", "--strict", "--cache-dir", cache, expected="no finding")


PROBE = Probe("types", Group.MAINTAIN, "every type holds in strict mode", strict_types)
