"""Several patterns, put together into one design."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend_architect.design.names import plural_of
from backend_architect.patterns.load import all_patterns, pattern_named
from backend_architect.patterns.merge import merged
from backend_architect.patterns.nouns import noun_assumption, noun_fragment
from backend_architect.patterns.pattern import Fragment, Pattern, Trap


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be put together: names of patterns, the kinds a brief named for them, and nouns without a pattern."""

    patterns: tuple[str, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    nouns: tuple[str, ...] = ()
    accounts: bool = True


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


def compose(wish: Wish) -> Composition:
    """Return the patterns wished for, and those they need, as one design; the order of the wish makes no difference."""
    chosen = resolve_patterns(wish)
    names = _names(chosen, wish)
    targets = {p.name: _target(p, chosen, wish, names) for p in chosen}
    parts = [_Part(p, names | _it(targets[p.name], chosen, names)) for p in chosen]
    nouns = [noun for noun in wish.nouns if noun not in names.values()]
    opened = {targets[p.name] for p in chosen if p.opens}
    design: Fragment = {}
    for part in parts:
        if not part.pattern.attaches_to:
            design = merged(design, part.fragment())
    for noun in nouns:
        owned = any(p.name == "accounts" for p in chosen)
        design = merged(design, noun_fragment(noun, owned=owned, opened=noun in opened))
    for part in parts:
        if part.pattern.attaches_to:
            more = part.fragment(alone=targets[part.pattern.name] is None)
            design = _accepting(design, merged(design, more))
    for part in parts:
        for fragment in part.beside({p.name for p in chosen}):
            design = merged(design, fragment, override=True)
    for part in parts:
        design = _everywhere(design, part.filled(part.pattern.body.everywhere))
    assumed = [
        noun_assumption(noun, owned="accounts" in {p.name for p in chosen}, opened=noun in opened) for noun in nouns
    ]
    return _composition(design, parts, assumed)


def _composition(design: Fragment, parts: "list[_Part]", assumed: list[str]) -> Composition:
    bodies = [(part, part.pattern.body) for part in parts]
    rows: dict[str, float] = {}
    comments: dict[str, str] = {}
    for part, body in bodies:
        rows |= part.filled(body.rows_per_user)
        comments |= part.filled(body.comments)
    said = [text for part, body in bodies for text in part.filled(list(body.assumes))]
    traps = [Trap(part.filled(t.wrong), part.filled(t.avoided)) for part, body in bodies for t in body.traps]
    return Composition(
        design=design,
        patterns=tuple(part.pattern for part in parts),
        rows_per_user=rows,
        comments=comments,
        assumes=(*dict.fromkeys([*said, *assumed]),),
        traps=tuple(traps),
        choices=tuple(text for part, body in bodies for text in part.filled(list(body.choices))),
    )


def resolve_patterns(wish: Wish) -> tuple[Pattern, ...]:
    """Return the patterns wished for with all that they need, in the catalogue's order, bundles opened."""
    found: dict[str, Pattern] = {}
    free = [noun for noun in wish.nouns if noun not in wish.kinds.values()]
    if wish.accounts:
        _add("accounts", found)
    for name in wish.patterns:
        _add(name, found)
    for pattern in all_patterns():
        if pattern.name in found and pattern.default and not free and not _first_target(pattern, found):
            _add(pattern.default, found)
    return tuple(p for p in all_patterns() if p.name in found and not p.is_bundle)


def _add(name: str, found: dict[str, Pattern]) -> None:
    if name in found:
        return
    pattern = found[name] = pattern_named(name)
    for other in (*pattern.needs, *pattern.brings):
        _add(other, found)


def _first_target(pattern: Pattern, found: Mapping[str, Pattern]) -> str | None:
    present = {entity for p in found.values() if not p.attaches_to for entity in p.body.fragment.get("entities", {})}
    return next((entity for entity in pattern.attaches_to if entity in present), None)


def _target(pattern: Pattern, chosen: Iterable[Pattern], wish: Wish, names: Mapping[str, str]) -> str | None:
    if not pattern.attaches_to:
        return None
    first = _first_target(pattern, {p.name: p for p in chosen})
    if first is not None:
        return names.get(first, first)
    free = [noun for noun in wish.nouns if noun not in names.values()]
    return free[0] if free else None


def _names(chosen: Iterable[Pattern], wish: Wish) -> dict[str, str]:
    """Return what stands for each kind: `<room>` → `room`, or the noun the brief used."""
    names: dict[str, str] = {}
    for pattern in chosen:
        if pattern.kind:
            name = wish.kinds.get(pattern.name, pattern.kind)
            names |= {f"<{pattern.kind}>": name, f"<{plural_of(pattern.kind)}>": plural_of(name)}
            names |= {f"<a {pattern.kind}>": _with_article(name), f"<{pattern.kind} words>": name.replace("_", " ")}
    return names


def _it(target: str | None, chosen: Iterable[Pattern], names: Mapping[str, str]) -> dict[str, Any]:
    if target is None:
        return {}
    fields: list[str] = []
    for pattern in chosen:
        for entity, searched in pattern.body.searchable.items():
            if names.get(entity, entity) == target:
                fields = list(searched)
    return {
        "<it>": target,
        "<its>": plural_of(target),
        "<a it>": _with_article(target),
        "<searchable>": fields or ["name", "description"],
    }


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A pattern with the names that stand in it."""

    pattern: Pattern
    names: Mapping[str, Any]

    def fragment(self, *, alone: bool = False) -> Fragment:
        body = self.pattern.body
        filled: Fragment = self.filled(body.alone if alone and body.alone else body.fragment)
        return filled

    def beside(self, present: set[str]) -> list[Fragment]:
        """Return what it changes in the patterns that stand beside it."""
        beside = self.pattern.body.beside
        return [self.filled(more) for names, more in beside.items() if _is_present(names, present)]

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


def _is_present(names: str, present: set[str]) -> bool:
    """Tell whether `posts+!follows` holds: posts is there, follows is not."""
    return all((name.lstrip("!") in present) is not name.startswith("!") for name in names.split("+"))


def _everywhere(design: Fragment, more: Fragment) -> Fragment:
    """Return the design with `more` merged into every entity that has something to read."""
    entities = design.get("entities", {})
    grown = {name: merged(e, more) if "read" in e.get("allow", {}) else e for name, e in entities.items()}
    return design | {"entities": grown} if more else design
