"""What the server sets is not computed from itself."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Row
from backend_architect.errors import Problem


def check_set_values(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `set-in-a-circle` for each field whose value would have to be there before it can be computed."""
    for entity in loaded.design.entities.values():
        computed = {item.name for item in entity.fields.values() if item.set not in {None, "me"}}
        if not computed:
            continue
        sources = {name: _sources(entity, name) & computed for name in computed}
        for name in sorted(computed):
            if name in _reached(name, sources):
                path = f"entities.{entity.name}.fields.{name}.set"
                message = f"`{name}` is computed from itself"
                yield loaded.problem("set-in-a-circle", path, message, "compute it from what a client sends")


def _sources(row: Row, name: str) -> set[str]:
    from sqlglot import exp  # noqa: PLC0415  (parses SQL, and few designs compute values)

    from backend_architect.design.syntax import ExpressionError, parse  # noqa: PLC0415

    try:
        tree = parse(row.fields[name].set or "")
    except ExpressionError:
        return set()  # said where expressions are checked
    return {column.parts[0].name for column in tree.find_all(exp.Column)}


def _reached(start: str, sources: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(sources[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead |= sources[name]
    return found
