"""Which expressions of a design the first edition (0.1.0) compiled into something else than they say.

What is looked for are the forms that it got wrong, in the design's own texts. Nothing here compiles a rule: that would
ask today's compiler about yesterday's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlglot import TokenType, exp
from sqlglot.dialects import Postgres
from sqlglot.errors import SqlglotError

from backend_architect.design.check.expressions import WrittenExpression, expressions_of
from backend_architect.design.check.paths import fields_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Design, Entity, Row
from backend_architect.design.syntax import ExpressionError, parse, shorten
from backend_architect.errors import Problem

FIX = "build the project again, then look at what was read and written under it"
FALLEN = {
    (TokenType.IS, TokenType.NOT, TokenType.NULL): "`is not null` was built as `is null`",
    (TokenType.NOT, TokenType.LIKE): "`not like` was built as `like`",
    (TokenType.NOT, TokenType.ILIKE): "`not ilike` was built as `ilike`",
    (TokenType.NOTNULL,): "`notnull` was built as `is null`",
}


def first_edition_notes(loaded: LoadedDesign) -> tuple[Problem, ...]:
    """Return a note for each thing in the design that 0.1.0 carried out in another way; the first one sums them up."""
    found = [note for written in _all_expressions(loaded.design) for note in _of_expression(loaded, written)]
    found += [note for entity in loaded.design.entities.values() for note in _of_updates(loaded, entity)]
    found += list(_of_relations(loaded))
    found = sorted(dict.fromkeys(found), key=lambda note: (note.place.line, note.place.column, note.message))
    return (_summary(loaded, len(found)), *found)


def _summary(loaded: LoadedDesign, count: int) -> Problem:
    message = "the project here was built by 0.1.0, and nothing in this design is among what that compiled wrongly"
    if count:
        counted = "1 thing" if count == 1 else f"{count} things"
        message = f"the project here was built by 0.1.0, which compiled {counted} in this design wrongly"
    return loaded.note("built-by-first-edition", "design", message, "build it again: architect build")


def _all_expressions(design: Design) -> Iterator[WrittenExpression]:
    yield from expressions_of(design)
    for entity in design.entities.values():
        for action, changes in entity.effects.items():
            for target, text in changes.items():
                yield WrittenExpression(f"entities.{entity.name}.effects.{action}.{target}", entity, text, "number")


def _of_expression(loaded: LoadedDesign, written: WrittenExpression) -> Iterator[Problem]:
    said = [*_lost_words(written.text), *_Tree(loaded.design).wrong(written.row, written.text)]
    for message in dict.fromkeys(said):
        yield loaded.note(
            "rule-compiled-wrongly-before", written.path, f"in the project as 0.1.0 built it, {message}", FIX
        )


def _lost_words(text: str) -> Iterator[str]:
    """Yield what was lost in an expression by its words alone: strings are no words."""
    try:
        tokens = Postgres().tokenize(text)
    except SqlglotError:
        return
    kinds = [token.token_type for token in tokens]
    for words, message in FALLEN.items():
        if any(tuple(kinds[n : n + len(words)]) == words for n in range(len(kinds))):
            yield message
    for here, after in pairwise(tokens):
        if here.token_type is TokenType.BETWEEN and after.text.lower() == "symmetric":
            yield "`between symmetric` was built as `between`, which is never true where the bounds are swapped"


@dataclass(frozen=True)
class _Tree:
    design: Design

    def wrong(self, row: Row | None, text: str) -> Iterator[str]:
        """Yield what was wrong with the meaning of an expression over `row`."""
        try:
            yield from self._visit(parse(text), (row,) if row else ())
        except (ExpressionError, RecursionError):
            return

    def _visit(self, node: exp.Expr, rows: tuple[Row, ...]) -> Iterator[str]:
        if isinstance(node, exp.Select):
            inner = self.design.rows_by_plural.get(_table(node))
            if inner is not None:
                yield from self._with_itself(node, inner)
                rows = (inner, *rows)
        if isinstance(node, exp.Not | exp.Is | exp.EQ | exp.NEQ):
            yield from self._opened(node, rows)
        if isinstance(node, exp.Is | exp.In):
            yield from self._loosened(node, rows)
        if isinstance(node, exp.Div):
            yield f"`{shorten(node)}` was calculated in floating point, also between whole numbers"
        for child in node.iter_expressions():
            yield from self._visit(child, rows)

    def _opened(self, node: exp.Expr, rows: tuple[Row, ...]) -> Iterator[str]:
        """Yield the negated rules of related rows: where such a rule is unknown, its negation let through."""
        against = node.args.get("expression")
        if isinstance(node, exp.Is | exp.EQ) and isinstance(against, exp.Boolean) and against.this:
            return
        for column in _columns(node):
            if self._asks_a_related_row(column, rows, ()):
                name = ".".join(part.name for part in column.parts)
                yield f"`{shorten(node)}` was true where `{name}` is unknown (null), or there is no such row"

    def _asks_a_related_row(self, column: exp.Column, rows: tuple[Row, ...], seen: tuple[str, ...]) -> bool:
        """Return whether a name stands for a rule or a boolean of a related row, also by another rule's name."""
        parts = [part.name.lower() for part in column.parts]
        row = next((row for row in rows if parts[0] in {*row.fields, *row.rules, row.plural}), None)
        if row is None:
            return False
        if len(parts) > 1 and parts[0] == row.plural:
            parts = parts[1:]
        if len(parts) == 1:
            inner = _parsed(row.rules.get(parts[0])) if parts[0] not in seen else None
            return inner is not None and any(
                self._asks_a_related_row(each, (row,), (*seen, parts[0])) for each in _columns(inner)
            )
        current: Row | None = row
        for part in parts[:-1]:
            item = current.fields.get(part) if current else None
            current = self.design.entities.get(item.to or "") if item else None
        return current is not None and self._is_boolean(current, parts[-1])

    def _is_boolean(self, row: Row, name: str) -> bool:
        item = row.fields.get(name)
        computed = row.computed.get(name) if isinstance(row, Entity) else None
        return (
            name in row.rules
            or (item is not None and item.type == "boolean")
            or (computed is not None and computed.type == "boolean")
        )

    def _loosened(self, node: exp.Expr, rows: tuple[Row, ...]) -> Iterator[str]:
        """Yield `<rule> is true` where the rule begins with `not`: the `not` was taken around the whole."""
        column = node.this.unnest()
        if not rows or not isinstance(column, exp.Column) or len(column.parts) != 1:
            return
        inner = _parsed(rows[0].rules.get(column.name.lower()))
        if inner is not None and isinstance(inner.unnest(), exp.Not):
            yield f"`{shorten(node)}` was built as `not (… is …)`, which is true where the rule is unknown"

    def _with_itself(self, select: exp.Select, row: Row) -> Iterator[str]:
        """Yield comparisons of a subquery in which both sides are the same field of the inner row."""
        where = select.args.get("where")
        for node in where.find_all(exp.EQ, exp.NEQ) if where else ():
            names = [self._inner_name(side, row.plural, row) for side in (node.this, node.expression)]
            if names[0] and names[0] == names[1]:
                yield (
                    f"`{shorten(node)}` compared the row of the subquery with itself, so that it was always "
                    f"{'true' if isinstance(node, exp.EQ) else 'false'}"
                )

    def _inner_name(self, side: exp.Expr, table: str, row: Row) -> str:
        if not isinstance(side, exp.Column):
            return ""
        parts = [part.name.lower() for part in side.parts]
        is_inner = len(parts) == 1 or (len(parts) == 2 and parts[0] == table)
        return parts[-1] if is_inner and parts[-1] in {*row.fields, "id", "created_at", "updated_at"} else ""


def _columns(node: exp.Expr) -> Iterator[exp.Column]:
    """Yield the names in an expression, without those of its subqueries."""
    if isinstance(node, exp.Column):
        yield node
    for child in node.iter_expressions():
        if not isinstance(child, exp.Select):
            yield from _columns(child)


def _table(select: exp.Select) -> str:
    source = select.args.get("from_")
    return source.this.name.lower() if source and isinstance(source.this, exp.Table) else ""


def _parsed(text: str | None) -> exp.Expr | None:
    try:
        return parse(text) if text else None
    except (ExpressionError, RecursionError):
        return None


def _of_relations(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield the relations whose own read rule was not carried out."""
    for path, row, item in fields_with_paths(loaded.design):
        if item.is_reference and item.read is not None and isinstance(row, Entity):
            message = f"in the project as 0.1.0 built it, `{item.name}` was shown to everybody who read the {row.name}"
            yield loaded.note("rule-compiled-wrongly-before", f"{path}.read", message, FIX)


def _of_updates(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    """Yield where a PATCH carried a row to another parent, or left behind what the server had set."""
    if "update" not in entity.allow:
        return
    accepted = {item.name: n for n, item in enumerate(entity.accepted("update"))}
    stated = "update" in entity.accepts
    for name, n in accepted.items():
        moved = _moved(loaded.design, entity, name)
        if moved:
            path = f"entities.{entity.name}." + (f"accepts.update.{n}" if stated else f"fields.{name}")
            message = f"in the project as 0.1.0 built it, a PATCH could point `{name}` elsewhere {moved}"
            yield loaded.note("rule-compiled-wrongly-before", path, message, FIX)
    for item in entity.fields.values():
        sources = sorted(_names(item.set or "me") & set(accepted))
        if item.set not in {None, "me"} and sources:
            path = f"entities.{entity.name}.fields.{item.name}.set"
            listed = ", ".join(f"`{name}`" for name in sources)
            message = (
                f"in the project as 0.1.0 built it, `{item.name}` kept its first value when a PATCH changed {listed}"
            )
            yield loaded.note("rule-compiled-wrongly-before", path, message, FIX)


def _moved(design: Design, entity: Entity, name: str) -> str:
    """Return what was not asked, or not kept, when a PATCH changed a relation."""
    if not entity.fields[name].is_reference:
        return ""
    counted = any(
        count.via == name and design.rows_by_plural.get(count.source) is entity
        for other in design.entities.values()
        for count in other.counts.values()
    )
    asked = name in _names_of_rule(entity, entity.allow["update"]) | _names_of_rule(entity, entity.allow.get("create"))
    said = ["without what `create` and `update` ask of the new one"] if asked else []
    said += ["and the counts of both stayed as they were where they are kept"] if counted else []
    return ", ".join(said)


def _names_of_rule(entity: Entity, text: str | None, seen: tuple[str, ...] = ()) -> set[str]:
    """Return the names that a rule uses, by way of the entity's own rules too."""
    found = _names(text or "nobody")
    for name in found & set(entity.rules) - set(seen):
        found = found | _names_of_rule(entity, entity.rules[name], (*seen, name))
    return found


def _names(text: str) -> set[str]:
    try:
        return {column.parts[0].name.lower() for column in parse(text).find_all(exp.Column)}
    except (ExpressionError, RecursionError):
        return set()
