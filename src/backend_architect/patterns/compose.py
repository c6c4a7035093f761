"""Several patterns, put together into one design."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backend_architect.design.names import plural_of
from backend_architect.patterns.load import all_patterns, pattern_named
from backend_architect.patterns.merge import merged
from backend_architect.patterns.naming import names_in, rows_in, usable_name
from backend_architect.patterns.nouns import ROWS_PER_USER, Guessed, noun_assumption, noun_fragment
from backend_architect.patterns.pattern import Fragment, Pattern, Trap
from backend_architect.patterns.sensitive import kind_of
from backend_architect.patterns.tenancy import owned_by_team, team_assumption


@dataclass(frozen=True, slots=True)
class CompositionRequest:
    """What is to be put together: names of patterns, the kinds a brief named for them, and nouns without a pattern.

    `about` holds what an attached pattern was said to be about: a noun, or an entity as the pattern names it.
    `without` are patterns that are not wanted: no bundle brings them, nor what needs them. `anonymous` are nouns that
    are added without a name.
    """

    patterns: tuple[str, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    nouns: tuple[str, ...] = ()
    accounts: bool = True
    about: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    plurals: Mapping[str, str] = field(default_factory=dict)
    anonymous: frozenset[str] = frozenset()

    def plural(self, noun: str) -> str:
        """Return the plural of a noun or a kind of the brief: as it was written, else the regular one."""
        return self.plurals.get(noun) or plural_of(noun)


@dataclass(frozen=True)
class Composition:
    """A design's entities, rules and lists as plain YAML values, with what a person should be told about them."""

    design: Fragment
    patterns: tuple[Pattern, ...]
    rows_per_user: Mapping[str, float]
    comments: Mapping[str, str]
    assumes: tuple[str, ...]
    traps: tuple[Trap, ...]
    choices: tuple[str, ...]
    team: str | None = None
    traps_if_apart: tuple[Trap, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said_by: Mapping[str, str] = field(default_factory=dict)


def compose(request: CompositionRequest) -> Composition:
    """Return the patterns wished for, and those they need, as one design; the order of the wish makes no difference."""
    plan = _plan(request)
    design = _with_held_parts(_with_main_parts({}, plan), plan)
    design = _with_nouns(design, plan)
    design = _with_attached_parts(design, plan)
    design = _with_parts_beside(design, plan)
    design = _with_parts_everywhere(design, plan)
    design = _with_plurals(design, plan)
    return _composition(design, plan)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is put together: parts in the catalogue's order, and guesses for nouns."""

    parts: "tuple[_Part, ...]"
    guesses: tuple[Guessed, ...]
    plurals: Mapping[str, str]
    team: str | None = None
    not_added: tuple[str, ...] = ()

    @property
    def present(self) -> frozenset[str]:
        """The names of the patterns."""
        return frozenset(part.pattern.name for part in self.parts)

    @property
    def held(self) -> tuple[str, ...]:
        """The entities of patterns that belong to a team; none where there are no teams."""
        chosen = [(names, entities) for part in self.parts for names, entities in part.pattern.body.held.items()]
        kept = [entity for names, entities in chosen if _is_present(names, self.present) for entity in entities]
        return tuple(kept) if self.team else ()


def _plan(request: CompositionRequest) -> _Plan:
    chosen = resolve_patterns(request)
    taken = names_in(chosen)
    names = _names(chosen, request, taken)
    nouns = tuple(
        usable_name(n, taken, request.plural(n))
        for n in _free(request)
        if n not in rows_in(chosen) and n not in names.values()
    )
    if request.nouns and not nouns:
        chosen = resolve_patterns(replace(request, nouns=()))
    about = {
        name: usable_name(said, taken, request.plural(said)) if said in request.nouns else said
        for name, said in request.about.items()
    }
    targets = {p.name: _target(p, chosen, nouns, names, about.get(p.name)) for p in chosen}
    parts = tuple(_Part(p, names | _it(targets[p.name], chosen, names, request), targets[p.name]) for p in chosen)
    owned = any(p.name == "accounts" for p in chosen)
    team = names.get("<team>")
    hidden = {usable_name(noun, taken, request.plural(noun)) for noun in request.anonymous}
    guesses = tuple(
        Guessed(noun, owned, request.plural(noun), team, noun in hidden, by_anyone=not request.accounts)
        for noun in nouns
    )
    closed = {guess.noun for guess in guesses if guess.kind or guess.anonymous}
    dropped = tuple(part for part in parts if part.pattern.opens and part.target in closed)
    parts = tuple(part for part in parts if part not in dropped)
    called = {noun: request.plural(noun) for noun in (*nouns, *names.values()) if noun in request.plurals}
    return _Plan(parts, guesses, called, team, tuple(map(_not_added, dropped)))


def _not_added(part: "_Part") -> str:
    return f"no {part.pattern.name} for {part.filled('<its>')}, which nobody but whom they concern reads"


def _free(request: CompositionRequest) -> list[str]:
    return [noun for noun in request.nouns if noun not in request.kinds.values()]


def _with_main_parts(design: Fragment, plan: _Plan) -> Fragment:
    for part in plan.parts:
        if not part.pattern.attaches_to:
            design = merged(design, part.filled(part.pattern.body.fragment))
    return design


def _with_held_parts(design: Fragment, plan: _Plan) -> Fragment:
    for entity in plan.held:
        design = owned_by_team(design, entity, plan.team or "")
    return design


def _with_nouns(design: Fragment, plan: _Plan) -> Fragment:
    for guess in plan.guesses:
        design = merged(design, noun_fragment(guess))
    return design


def _with_attached_parts(design: Fragment, plan: _Plan) -> Fragment:
    for part in plan.parts:
        if part.pattern.attaches_to:
            body = part.pattern.body
            more = part.filled(body.fragment if part.target else body.alone)
            design = _accepting(design, merged(design, more))
    return design


def _with_parts_beside(design: Fragment, plan: _Plan) -> Fragment:
    for part in plan.parts:
        for names, more in part.pattern.body.beside.items():
            if _is_present(names, plan.present):
                design = merged(design, part.filled(more), override=True)
    return design


def _with_parts_everywhere(design: Fragment, plan: _Plan) -> Fragment:
    for part in plan.parts:
        design = _everywhere(design, part.filled(part.pattern.body.everywhere))
    return design


def _with_plurals(design: Fragment, plan: _Plan) -> Fragment:
    called = {noun: {"plural": plural} for noun, plural in plan.plurals.items() if plural != plural_of(noun)}
    return merged(design, {"entities": called}) if called else design


def _composition(design: Fragment, plan: _Plan) -> Composition:
    bodies = [(part, part.pattern.body) for part in plan.parts]
    rows: dict[str, float] = {guess.plural: ROWS_PER_USER for guess in plan.guesses}
    comments: dict[str, str] = {}
    for part, body in bodies:
        rows |= part.filled(body.rows_per_user)
        comments |= part.filled(body.comments)
    guessed = [noun_assumption(guess) for guess in plan.guesses]
    said = [text for part, body in bodies for text in part.filled(list(body.assumes))]
    said += [team_assumption(entity, plan.team) for entity in plan.held if plan.team]
    return Composition(
        design=design,
        patterns=tuple(part.pattern for part in plan.parts),
        rows_per_user=rows,
        comments=comments,
        assumes=(*dict.fromkeys([*said, *guessed]),),
        traps=tuple(part.trap(trap) for part, body in bodies for trap in body.traps),
        choices=(*plan.not_added, *(text for part, body in bodies for text in part.filled(list(body.choices)))),
        team=plan.team,
        names=_called(plan),
        said_by=dict(_said_by(plan)),
        traps_if_apart=tuple(part.trap(trap) for part, body in bodies for trap in body.traps_if_apart),
    )


def _said_by(plan: _Plan) -> Iterator[tuple[str, str]]:
    """Yield each assumption, choice and trap with the pattern that says so."""
    for part in plan.parts:
        body = part.pattern.body
        for text in (*part.filled([*body.assumes]), *part.filled([*body.choices])):
            yield text, part.pattern.name
        yield from ((part.trap(trap).avoided, part.pattern.name) for trap in (*body.traps, *body.traps_if_apart))


def _called(plan: _Plan) -> dict[str, tuple[str, ...]]:
    """Return what each name that a pattern leaves open stands for: `<room>` → `van`."""
    found: dict[str, tuple[str, ...]] = {}
    for part in plan.parts:
        marks = [mark for mark in part.names if mark != "<it>" and isinstance(part.names[mark], str)]
        found |= {mark: (part.names[mark],) for mark in marks}
    return found


def resolve_patterns(request: CompositionRequest) -> tuple[Pattern, ...]:
    """Return the patterns wished for with all that they need, in the catalogue's order, bundles opened."""
    found: dict[str, Pattern] = {}
    free = _free(request)
    if request.accounts or request.anonymous or any(kind_of(noun) for noun in free):
        _add("accounts", found)
    asked = frozenset(n for name in request.patterns for n in _asked(name, request.without))
    for name in request.patterns:
        _add(name, found, request.without - asked)
    for pattern in all_patterns():
        if pattern.name in found and pattern.default and not free and not _targets(pattern, found):
            _add(pattern.default, found)
    return tuple(p for p in all_patterns() if p.name in found and not p.is_bundle)


def needed_by(name: str) -> frozenset[str]:
    """Return the pattern with all that it cannot do without."""
    return frozenset({name}.union(*(needed_by(other) for other in pattern_named(name).needs)))


def _asked(name: str, without: frozenset[str]) -> frozenset[str]:
    """Return what a wish for this pattern cannot do without: of a bundle left with nothing main, its first."""
    brings = pattern_named(name).brings
    left = [other for other in brings if needed_by(other).isdisjoint(without)]
    is_empty = brings and not any(pattern_named(other).is_main for other in left)
    return needed_by(name) | needed_by(brings[0]) if is_empty else needed_by(name)


def _add(name: str, found: dict[str, Pattern], without: frozenset[str] = frozenset()) -> None:
    if name in found:
        return
    pattern = found[name] = pattern_named(name)
    for other in pattern.needs:
        _add(other, found)
    for other in pattern.brings:
        if needed_by(other).isdisjoint(without):
            _add(other, found)


def _targets(pattern: Pattern, found: Mapping[str, Pattern]) -> list[str]:
    """Return the entities of the found patterns that a pattern can be about, in the order of its preference."""
    present = {entity for p in found.values() if not p.attaches_to for entity in p.body.fragment.get("entities", {})}
    return [entity for entity in pattern.attaches_to if entity in present]


def _target(
    pattern: Pattern,
    chosen: Iterable[Pattern],
    nouns: tuple[str, ...],
    names: Mapping[str, str],
    said: str | None,
) -> str | None:
    """Return the entity that a pattern is about: what was said, else the first it knows, else the first noun."""
    if not pattern.attaches_to:
        return None
    known = _targets(pattern, {p.name: p for p in chosen})
    if said and names.get(said, said) in (*nouns, *(names.get(entity, entity) for entity in known)):
        return names.get(said, said)
    first = next(iter(known), None)
    return names.get(first, first) if first is not None else next(iter(nouns), None)


def _names(chosen: Iterable[Pattern], request: CompositionRequest, taken: frozenset[str]) -> dict[str, str]:
    """Return what stands for each kind: `<room>` → `room`, or the noun the brief used."""
    names: dict[str, str] = {}
    for pattern in chosen:
        if pattern.kind:
            said = request.kinds.get(pattern.name, pattern.kind)
            name = usable_name(said, taken - {pattern.kind}, request.plural(said))
            names |= {f"<{pattern.kind}>": name, f"<{plural_of(pattern.kind)}>": request.plural(name)}
            names |= {f"<a {pattern.kind}>": _with_article(name), f"<{pattern.kind} words>": name.replace("_", " ")}
    return names


def _it(
    target: str | None, chosen: Iterable[Pattern], names: Mapping[str, str], request: CompositionRequest
) -> dict[str, Any]:
    if target is None:
        return {}
    fields: list[str] = []
    for pattern in chosen:
        for entity, searched in pattern.body.searchable.items():
            if names.get(entity, entity) == target:
                fields = list(searched)
    return {
        "<it>": target,
        "<its>": request.plural(target),
        "<a it>": _with_article(target),
        "<searchable>": fields or ["name", "description"],
    }


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A pattern with the names that stand in it, and the entity it is about."""

    pattern: Pattern
    names: Mapping[str, Any]
    target: str | None

    def trap(self, trap: Trap) -> Trap:
        """Return a trap with every `<name>` in its texts replaced."""
        return Trap(self.filled(trap.wrong), self.filled(trap.avoided))

    def filled(self, value: Any) -> Any:
        """Return `value` with every `<name>` in its keys and texts replaced."""
        if isinstance(value, Mapping):
            return {self.filled(key): self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, str) or "<" not in value:
            return value
        if value in self.names:
            return self.names[value]
        for mark, name in self.names.items():
            value = value.replace(mark, str(name))
        return value


def _accepting(before: Fragment, after: Fragment) -> Fragment:
    """Return `after` with its new fields accepted by the entities that list what they accept."""
    entities = dict(after.get("entities", {}))
    for name, entity in before.get("entities", {}).items():
        new = [field for field in entities[name]["fields"] if field not in entity["fields"]]
        if new and "accepts" in entity:
            more = {"accepts": dict.fromkeys(entity["accepts"], new)}
            entities[name] = merged(entities[name], more)
    return after | {"entities": entities}


def _is_present(names: str, present: frozenset[str]) -> bool:
    """Tell whether `posts+!follows` holds: posts is there, follows is not."""
    return all((name.lstrip("!") in present) is not name.startswith("!") for name in names.split("+"))


def _everywhere(design: Fragment, more: Fragment) -> Fragment:
    """Return the design with `more` merged into every entity that has something to read."""
    entities = design.get("entities", {})
    grown = {name: merged(e, more) if "read" in e.get("allow", {}) else e for name, e in entities.items()}
    return design | {"entities": grown} if more else design
