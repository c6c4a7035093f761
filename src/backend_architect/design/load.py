"""The design file, read: every problem of its shape at once, or the design with the place of each value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from backend_architect.design.build import build_design
from backend_architect.design.language.design_file import DESIGN
from backend_architect.design.model import Design
from backend_architect.design.nodes import MapNode, Node, read_nodes
from backend_architect.design.reading_result import USUAL_FIXES, ProblemCollector
from backend_architect.design.shapes import is_missing
from backend_architect.design.source import decoded, design_file, read_source
from backend_architect.errors import DesignError, Place, Problem


@dataclass(frozen=True, slots=True)
class LoadedDesign:
    """A design with the text it was read from, and the line and column of each dotted path in it."""

    design: Design
    text: str
    file: str
    places: Mapping[str, tuple[int, int]]

    def place(self, path: str) -> Place:
        """Return the place of `path`, or of the nearest mapping around it that the file holds."""
        around = path
        while around and around not in self.places:
            around = around.rpartition(".")[0]
        line, column = self.places.get(around, (1, 1))
        return Place(self.file, line, column, path)

    def problem(self, code: str, path: str, message: str, fix: str = "") -> Problem:
        """Return a problem of the value at `path`."""
        return Problem(code, message, fix or USUAL_FIXES.get(code, ""), self.place(path))

    def warning(self, code: str, path: str, message: str, fix: str = "") -> Problem:
        """Return a warning of the value at `path`: the design is built all the same."""
        return Problem(code, message, fix, self.place(path), "warning")

    def note(self, code: str, path: str, message: str, fix: str = "") -> Problem:
        """Return a note on the value at `path`: what an earlier version made of it."""
        return Problem(code, message, fix, self.place(path), "note")


def load_design(path: Path) -> LoadedDesign:
    """Return the design in a file, or in a folder's `backend.yaml`; raise DesignError with all that is wrong in it."""
    file = design_file(path)
    return _read(read_source(file), str(file))


def read_design(text: str, file: str = "backend.yaml") -> LoadedDesign:
    """Return the design in a text; raise DesignError with all the problems of its shape."""
    return _read(decoded(text.encode(errors="replace"), file), file)


def _read(text: str, file: str) -> LoadedDesign:
    found = ProblemCollector(file)
    root = _top_mapping(read_nodes(text, found), file)
    values = DESIGN.read(root, "", found)
    if found.problems or values is None:
        raise DesignError(*sorted(found.problems, key=_by_place))
    return LoadedDesign(build_design(values), text, file, MappingProxyType(found.places))


def _top_mapping(root: Node | None, file: str) -> MapNode:
    start = "begin with `design: 1` and `backend: <name>`"
    if root is None or is_missing(root):
        raise DesignError(Problem("empty-design", "the file holds no design", start, Place(file, 1, 1)))
    if not isinstance(root, MapNode):
        place = Place(file, root.line, root.column)
        raise DesignError(Problem("not-a-mapping", "a design is a mapping of keys to values", start, place))
    return root


def _by_place(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column
