"""Plans with other indexes, on the scale twin."""

from collections.abc import Collection, Mapping, Sequence

from backend_architect.planner_twin import IndexTrial, SwitchedIndex, SwitchedPlanner, Twin
from backend_architect.postgres import Refused
from backend_architect.postgres.catalog.model import short_name
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.what_if.model import PlanEstimate, PlanRefused
from backend_architect.tune.what_if.plan_indexes import index_names, renamed

OTHER_NAME = "offered_"


class TwinWhatIf:
    """Offered indexes are really made on the twin, empty, and planned in the size they would have.

    `settings` are those of the server whose twin it is, by name and with their unit; what concerns the planner is taken
    from them. Nobody else may use the twin before `close`; who made it drops it.
    """

    kind = "twin"

    def __init__(self, twin: Twin, settings: Mapping[str, str] | None = None) -> None:
        self._twin = twin
        self._settings = settings or {}
        self._offered: dict[NewIndex, IndexTrial] = {}
        self.refused: dict[NewIndex, str] = {}
        """Why an offered index cannot be made."""
        self._names: dict[str, str] = {}
        self._open()
        self._never = frozenset(each.oid for each in self._planner.indexes if not each.live)

    def offer(self, indexes: Sequence[NewIndex]) -> Mapping[NewIndex, int]:
        """Make the indexes on the twin, and return the bytes that each would take; one that fails is left out."""
        new = [index for index in dict.fromkeys(indexes) if index not in self._offered and index not in self.refused]
        if new:
            taken = {(each.schema, each.name) for each in self._planner.indexes}
            statements = [index.definition(self._free_name(index, taken)) for index in new]
            self._leave()
            try:
                tried = self._twin.create_indexes(statements)
            finally:
                self._open()
            self._keep(new, tried)
        return {index: self._offered[index].bytes for index in indexes if index in self._offered}

    def plan(self, sql: str, added: Collection[NewIndex] = (), hidden: Collection[str] = ()) -> PlanEstimate:
        """Return the plan of a statement with these offered indexes, and without the hidden ones.

        Raises PlanRefused. An index to hide that the twin does not have is passed over.
        """
        on = {made.place.oid for index in added if index in self._offered for made in self._offered[index].made}
        off = self._never | (self._all_offered - on) | {oid for name in hidden for oid in self._existing.get(name, ())}
        try:
            plan = self._planner.explain(sql, off)
        except Refused as error:
            raise PlanRefused(str(error)) from error
        plan = renamed(plan, self._names)
        return PlanEstimate(float(plan["Total Cost"]), frozenset(index_names(plan)), plan)

    def close(self) -> None:
        """Close the connection; the twin stays and is planned without the offered indexes."""
        self._leave()

    def _open(self) -> None:
        """Connect, and find the indexes that were there before any was offered."""
        self._planner = SwitchedPlanner(self._twin.logins, self._settings)
        self._all_offered = {made.place.oid for tried in self._offered.values() for made in tried.made}
        self._existing = _oids_by_name(self._planner.indexes)

    def _leave(self) -> None:
        """Have the twin planned as it was, and close the connection, which holds what it has read of its files."""
        self._planner.switch(self._never | self._all_offered)
        self._planner.close()

    def _keep(self, new: Sequence[NewIndex], tried: Sequence[IndexTrial]) -> None:
        for index, each in zip(new, tried, strict=True):
            if each.made:
                self._offered[index] = each
                self._names |= {made.place.index: index.name for made in each.made}
                self._all_offered |= {made.place.oid for made in each.made}
            else:
                self.refused[index] = each.refused

    def _free_name(self, index: NewIndex, taken: Collection[tuple[str, str]]) -> str:
        """Return the index's name, or another when one of the database's own indexes has it."""
        name = index.name
        return name if (index.schema, name) not in taken else f"{OTHER_NAME}{len(self._offered)}_{name}"[:63]


def _oids_by_name(indexes: Sequence[SwitchedIndex]) -> Mapping[str, set[int]]:
    """Return the oid of each index by its qualified name, with those of its parts."""
    children: dict[int, list[int]] = {}
    for each in indexes:
        children.setdefault(each.parent, []).append(each.oid)

    def with_parts(oid: int) -> set[int]:
        return {oid}.union(*map(with_parts, children.get(oid, ())))

    return {short_name(each.schema, each.name): with_parts(each.oid) for each in indexes}
