"""Numbers of test rows on which an effect or a constraint depends: with plain samples the first write could fail."""

from collections.abc import Iterator

from sqlglot import exp

from backend_architect.design.model import NUMERIC, Design, Entity, Field, Row
from backend_architect.design.syntax import parse

PLENTY = 1_000
"""What there is of something that rows take from, where nothing bounds it lower."""


def usual_number(design: Design, row: Row, item: Field) -> int | None:
    """Return the value of a number in a test row, None where a plain sample does.

    The amount by which an effect changes another number is low; for the rest see `drawn_number`.
    """
    if item.type in NUMERIC and isinstance(row, Entity) and item.name in _amounts(row):
        return _low(item, least=1)
    return drawn_number(design, row, item)


def drawn_number(design: Design, row: Row, item: Field, plenty: int = PLENTY) -> int | None:
    """Return a value for a number that depends on others, None where none does.

    What creations take from is high, what they add to is low; what another number may not exceed is high.
    """
    if item.type not in NUMERIC or not isinstance(row, Entity):
        return None
    effects = list(_effects_on(design, row, item))
    if effects and all(isinstance(parse(text), exp.Add) for text in effects):
        return _low(item, least=0)
    is_above = any(above == item.name for _, above in _ordered(row))
    return _high(row, item, plenty) if effects or is_above else None


def _low(item: Field, *, least: int) -> int:
    return least if item.min is None else max(least, int(item.min))


def _high(row: Entity, item: Field, plenty: int) -> int:
    """Return a high value within the field's bound, and within that of a number which it may not exceed."""
    most = plenty if item.max is None else min(plenty, int(item.max))
    above = [row.fields[name] for below, name in _ordered(row) if below == item.name]
    return min([most, *(int(each.max) for each in above if each.max is not None)])


def _effects_on(design: Design, row: Entity, item: Field) -> Iterator[str]:
    """Give the values that creations of other rows give to a number, or deletions where no creation does."""
    found = [
        (action, text)
        for other in design.entities.values()
        for action, changes in other.effects.items()
        for path, text in changes.items()
        if path.partition(".")[2] == item.name and other.fields[path.partition(".")[0]].to == row.name
    ]
    yield from [text for action, text in found if action == "create"] or [text for _, text in found]


def _amounts(row: Entity) -> set[str]:
    """Return the fields of a row by which its own effects change a number."""
    texts = [text for changes in row.effects.values() for text in changes.values()]
    return {column.name for text in texts for column in parse(text).find_all(exp.Column) if not column.table}


def _ordered(row: Entity) -> Iterator[tuple[str, str]]:
    """Give the pairs of numbers of which one may not exceed the other: the lower one first."""
    for text in row.constraints.values():
        tree = parse(text)
        if not isinstance(tree, exp.LT | exp.LTE | exp.GT | exp.GTE):
            continue
        sides = (tree.this, tree.expression) if isinstance(tree, exp.LT | exp.LTE) else (tree.expression, tree.this)
        names = [side.name for side in sides if isinstance(side, exp.Column) and side.name in row.fields]
        if len(names) == 2 and all(row.fields[name].type in NUMERIC for name in names):
            yield names[0], names[1]
