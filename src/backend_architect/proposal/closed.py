"""What a proposed design closes: what a brief restricts, and what its subject forbids to show to strangers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backend_architect.brief import Brief
from backend_architect.design.load import read_design
from backend_architect.design.model import Design
from backend_architect.design.names import words
from backend_architect.design.stranger_access import anybody_may, stranger_may_read
from backend_architect.patterns import Composition
from backend_architect.patterns.narrowing import mine, narrowed, read_rule, rows_of, with_rule
from backend_architect.patterns.pattern import Fragment
from backend_architect.patterns.sensitive import topics
from backend_architect.patterns.text import design_text
from backend_architect.proposal.restrictions import restrict, rows_of_pattern

MANAGERS = ("staff", "moderator", "admin", "agent")
OPEN_IT = "to let others in, change `visible` or `allow.read` of each"


@dataclass(frozen=True)
class Closed:
    """A design that shows nobody what it should not, with what to say of it."""

    design: Fragment
    said: tuple[str, ...]

    def still_true(self, composition: Composition, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the texts of patterns of which nothing was closed; what others said no longer holds."""
        changed = {*_changed(composition.design, self.design)}
        gone = {name for name, touched in _touched(composition) if changed & touched}
        return tuple(text for text in texts if composition.said_by.get(text) not in gone)


def _changed(before: Fragment, after: Fragment) -> Iterator[str]:
    """Yield each row whose rules changed, and each list that is no longer kept for others."""
    old = {name: (row.get("rules"), row["allow"]) for _, name, row in rows_of(before)}
    yield from (name for _, name, row in rows_of(after) if old.get(name) != (row.get("rules"), row["allow"]))
    lists = before.get("lists", {})
    yield from (name for name, spec in after.get("lists", {}).items() if lists.get(name) != spec)


def _touched(composition: Composition) -> Iterator[tuple[str, set[str]]]:
    """Yield each pattern with the rows and lists that it speaks of."""
    for pattern in composition.patterns:
        rows = {*rows_of_pattern(pattern.name, composition)}
        yield pattern.name, rows | {*pattern.body.fragment.get("lists", {}), *rows}


def close_design(brief: Brief, composition: Composition) -> Closed:
    """Return the composed design with what the brief restricts, and what is about something sensitive, closed."""
    restricted = restrict(composition.design, brief, composition)
    if not brief.topics:
        return Closed(restricted.design, restricted.said)
    design, names = _without_strangers(restricted.design)
    return Closed(design, (*restricted.said, *_said(brief, names)))


def _without_strangers(design: Fragment) -> tuple[Fragment, list[str]]:
    """Return the design with everything that people write read by themselves and staff, and what was changed."""
    names: list[str] = []
    while (found := next(_open_rows(design, names), None)) is not None:
        design = with_rule(design, found[0], "read", found[1])
        names.append(found[0])
    return design, names


def _open_rows(design: Fragment, done: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each row that people write and strangers read, with a rule that lets none of them in."""
    whole = _parsed(design)
    roles = " or ".join(role for role in MANAGERS if whole.auth and role in whole.auth.roles)
    account = whole.account.name if whole.account else ""
    for _, name, content in rows_of(design):
        row = whole.entities.get(name) or whole.edges[name]
        by_people = name == account or anybody_may(whole, row, "create")
        if by_people and name not in done and stranger_may_read(whole, row):
            own = _own(name, content, account)
            if own or roles:
                rule = " or ".join(part for part in (own, roles) if part)
                yield name, rule if name == account else narrowed(read_rule(content), rule)


def _own(name: str, content: Fragment, account: str) -> str:
    """Return the rule by which a row is the caller's: one side of an edge is, or who made it."""
    if "pair" in content:
        return " or ".join(f"{side} = me" for side, to in content["pair"].items() if to == account)
    return mine(name, content, account) or ""


def _parsed(design: Fragment) -> Design:
    return read_design(design_text({"design": 1, "backend": "x"} | design, {})).design


def _said(brief: Brief, names: list[str]) -> Iterator[str]:
    if names:
        about = {topic.name: topic.about for topic in topics()}
        subjects = " and ".join(f"{about[one.name]} (“{one.word.text}”)" for one in brief.topics)
        things = ", ".join(words(name) for name in dict.fromkeys(names))
        yield f"it is about {subjects}: {things} read by nobody but whose they are, and staff; {OPEN_IT}"
