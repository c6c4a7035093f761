"""Which rows a list should show to somebody, and which it shows, page by page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from urllib.parse import quote

from backend_architect.design.model import Entity
from backend_architect.proof.access.facts import RememberedAnswers
from backend_architect.proof.access.list_rows import ListRows, searched_words
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.values import wrong_values
from backend_architect.proof.client import Exchange

WORDS = re.compile(r"[a-z0-9]+")
PAGES = 40


@dataclass(frozen=True)
class Search:
    """What a list is asked for: the values of some filters by column, and a word where it searches texts."""

    filters: Mapping[str, object] = field(default_factory=dict)
    word: str = ""

    @property
    def query(self) -> str:
        """Return it as a query, which a limit follows."""
        asked = {**({"q": self.word} if self.word else {}), **self.filters}
        return "?" + "".join(f"{name}={quote(_written(value))}&" for name, value in asked.items())


@dataclass(frozen=True, slots=True)
class Walk:
    """The rows that some pages showed, one after the other, the last answer, and what was wrong, in words."""

    answer: Exchange
    ids: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """What one list should show to one viewer."""

    facts: RememberedAnswers
    list_rows: ListRows
    viewer: Persona

    @property
    def entity(self) -> Entity:
        row = self.list_rows.design.row
        assert isinstance(row, Entity)
        return row

    def found(self, parent: str, search: Search) -> list[str]:
        """Return the rows that the list is about, whoever may read them: of its parent, its `where`, the search.

        What is hidden in a row does not find it.
        """
        spec, rows = self.list_rows.spec, self.facts.table(self.entity)
        listed = self.facts.listed(self.viewer, spec, self.entity, parent)
        found = [each for each in listed if self._matches(rows[each], search)]
        asked = [*search.filters, *(self.entity.fields[name].column for name in (spec.match if search.word else ()))]
        rules = [item.read for item in self.entity.fields.values() if item.read and item.column in asked]
        for rule in filter(None, (spec.where, *rules)):
            those = self.facts.those(self.viewer, self.entity, rule, found)
            found = [each for each in found if each in those]
        return found

    def readable(self, identities: list[str]) -> list[str]:
        """Return those that the viewer may read."""
        read = self.facts.those(self.viewer, self.entity, self.entity.allow.get("read", "nobody"), identities)
        return [each for each in identities if each in read]

    def searches(self, parent: str) -> Iterator[Search]:
        """Give the list without filters, and for each combination of them values of a hidden and of a visible row."""
        words = searched_words(self.entity, self.list_rows.spec)
        yield from (Search({}, word) for word in words or ("",))
        plain = Search({}, words[0] if words else "")
        found = self.found(parent, plain)
        visible = self.readable(found)
        hidden = [each for each in found if each not in visible]
        names = [self.entity.fields[name].column for name in self.list_rows.spec.filters]
        for chosen in (each for size in range(1, len(names) + 1) for each in combinations(names, size)):
            values = [next(self._values(rows, chosen), None) for rows in (hidden, visible)]
            for each in {str(value): value for value in values if value}.values():
                yield replace(plain, filters=each)

    def _values(self, identities: Iterable[str], names: tuple[str, ...]) -> Iterator[dict[str, object]]:
        for identity in identities:
            row = self.facts.table(self.entity)[identity]
            if all(row.get(name) is not None for name in names):
                yield {name: row[name] for name in names}

    def _matches(self, row: Mapping[str, object], search: Search) -> bool:
        if any(row.get(name) != value for name, value in search.filters.items()):
            return False
        fields = [self.entity.fields[name].column for name in self.list_rows.spec.match]
        return not search.word or any(search.word in WORDS.findall(str(row.get(name)).lower()) for name in fields)


def walk(asking: Asking, persona: Persona, shown: Shown, where: tuple[str, Search], *, limit: int, pages: int) -> Walk:
    """Return what somebody sees on the first pages of a list."""
    parent, search = where
    visible = shown.readable(shown.found(parent, search))
    request = shown.list_rows.request(parent, f"{search.query}limit={limit}")
    ids: list[str] = []
    problems: list[str] = []
    following = ""
    for _ in range(min(pages, PAGES)):
        answer = asking.send(replace(request, query=request.query + following), persona)
        items, after = answer.field("items"), answer.field("next")
        if answer.status != 200 or not isinstance(items, list):
            return Walk(
                answer,
                tuple(ids),
                (
                    *problems,
                    f"{answer.status} instead of a page",
                ),
            )
        ids += [str(item.get("id")) for item in items if isinstance(item, dict)]
        problems += _wrong_page(shown, items, limit=limit, is_last=after is None)
        if after is None:
            break
        following = f"&after={quote(str(after))}"
    return Walk(answer, tuple(ids), (*_wrong_rows(ids, visible, whole=after is None), *problems))


def _wrong_page(shown: Shown, items: list[object], *, limit: int, is_last: bool) -> Iterator[str]:
    filled = is_last or len(items) == limit or shown.list_rows.spec.match  # a search may end where it has looked enough
    if len(items) > limit or not filled:
        yield f"a page of {len(items)} with limit={limit}"
    for item in items:
        for wrong in wrong_values(shown.facts, shown.viewer, shown.entity, item):
            yield f"in {item.get('id') if isinstance(item, dict) else item}: {wrong}"


def _wrong_rows(ids: list[str], visible: list[str], *, whole: bool) -> Iterator[str]:
    expected = visible if whole else visible[: len(ids)]
    leaked, missing = sorted(set(ids) - set(visible)), [each for each in expected if each not in set(ids)]
    if leaked:
        yield f"{len(leaked)} hidden rows shown: {', '.join(leaked[:3])}"
    if len(set(ids)) < len(ids):
        yield f"{len(ids) - len(set(ids))} rows come twice"
    elif missing:
        yield f"{len(missing)} visible rows missing: {', '.join(missing[:3])}"
    elif not leaked and ids != expected:
        yield "rows come in another order than the design's"


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
