"""A lookup made for one key after the other → one lookup of all the keys."""

from dataclasses import dataclass
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Column
from backend_architect.sql.blocks import conjuncts
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import operator
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite, Lookups, Rewrite
from backend_architect.tune.rewrites.scope import FromSource, SelectSources
from backend_architect.tune.rewrites.shape import aggregates, outputs

CODE = "n-plus-one"
WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A statement that finds the rows of one key by `source.column = $parameter`; `rest` are its other conditions."""

    tree: Any
    scope: SelectSources
    source: FromSource
    column: Column
    parameter: int
    key: Any
    rest: tuple[Any, ...]

    def where(self, key: Any) -> Any:
        """Return the condition with another one in the place of the key's."""
        return trees.all_of(*self.rest, key)

    @property
    def gathers(self) -> bool:
        """Return whether the rows of a key are counted, limited or made distinct: no two keys' rows may mix."""
        return bool(
            aggregates(self.tree)
            or self.tree.groupClause
            or self.tree.distinctClause
            or self.tree.limitCount is not None
            or self.tree.limitOffset is not None
            or any(call.over for call in nodes(self.tree.targetList or (), ast.FuncCall))
        )

    @property
    def place(self) -> tuple[str, str, str]:
        """Return the schema, table and name of the key's column."""
        return self.source.table.schema, self.source.table.name, self.column.name


def lookup_of(tree: Any, catalog: Catalog) -> Lookup:
    """Return what a lookup looks up; raises CannotRewrite for anything else."""
    scope = SelectSources(tree, catalog)
    parts = tuple(conjuncts(tree.whereClause))
    for part in parts:
        owner = scope.owner(part.lexpr) if is_key(part) else None
        if owner is not None:
            number = part.rexpr.number
            if sum(each.number == number for each in nodes(tree, ast.ParamRef)) > 1:
                raise CannotRewrite("its key stands in several places")
            rest = tuple(each for each in parts if each is not part)
            return Lookup(tree, scope, owner[0], owner[1], number, part.lexpr, rest)
    raise CannotRewrite("it finds no rows by a key that is a parameter")


def is_key(part: Any) -> bool:
    """Return whether a condition is `column = $1`."""
    equal = is_a(part, ast.A_Expr) and part.kind == enums.A_Expr_Kind.AEXPR_OP and operator(part) == "="
    return bool(equal and is_a(part.lexpr, ast.ColumnRef) and is_a(part.rexpr, ast.ParamRef))


def batched_lookup(tree: Any, catalog: Catalog) -> Rewrite:
    """Return the lookup of all keys at once."""
    lookup = lookup_of(tree, catalog)
    batched, key = _lateral(lookup) if lookup.gathers else _any(lookup)
    note = (
        f"${lookup.parameter}: the keys of all the list's rows, as one array; {lookup.column.name} says whose a row is"
    )
    return Rewrite(
        code=CODE,
        what="one lookup of all keys",
        sql=trees.written(batched),
        notes=(note,),
        trial=Lookups(
            lookup=trees.written(tree),
            batched=trees.written(batched),
            parameter=lookup.parameter,
            column=lookup.place,
            key=key,
            in_front=lookup.gathers,
        ),
    )


def _any(lookup: Lookup) -> tuple[Any, int]:
    """Return the lookup with `= ANY`, and the place of the key among what it returns."""
    tree, own = lookup.tree, lookup.key
    shown = list(outputs(tree, lookup.scope))
    places = [at for at, each in enumerate(shown) if is_a(each, ast.ColumnRef) and _is_key(each, lookup)]
    targets = tuple(tree.targetList or ()) + (() if places else (trees.target(own),))
    where = lookup.where(trees.equal_any(own, trees.parameter(lookup.parameter)))
    return trees.with_parts(tree, whereClause=where, targetList=targets), places[0] if places else len(shown)


def _is_key(reference: Any, lookup: Lookup) -> bool:
    owner = lookup.scope.owner(reference)
    return owner is not None and owner[0] is lookup.source and owner[1] is lookup.column


def _lateral(lookup: Lookup) -> tuple[Any, int]:
    """Return the lookup run within one statement for each key, for it limits or counts the rows of each."""
    name = lookup.column.name
    keys = ast.RangeFunction(
        lateral=False,
        ordinality=False,
        is_rowsfrom=False,
        functions=((_array(lookup), None),),
        alias=ast.Alias(aliasname=WANTED, colnames=(ast.String(name),)),
    )
    inner = trees.with_parts(
        lookup.tree,
        whereClause=lookup.where(trees.compare(lookup.key, "=", trees.column(WANTED, name))),
    )
    found = trees.subquery(inner, "found", lateral=True)
    targets = [trees.target(trees.column(WANTED, name)), trees.target(trees.star("found"))]
    return trees.select(targets, [trees.join(keys, found, trees.TRUE, outer=False)]), 0


def _array(lookup: Lookup) -> Any:
    keys = trees.cast(trees.parameter(lookup.parameter), lookup.column.type, array=True)
    return trees.call("unnest", keys)
