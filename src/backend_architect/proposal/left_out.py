"""What a brief does not want, against what the design holds: left out, or kept because something needs it."""

from collections.abc import Iterator

from backend_architect.brief import Brief
from backend_architect.patterns import Composition, CompositionRequest, Pattern, pattern_named
from backend_architect.patterns.compose import needed_by, resolve_patterns


def left_out(brief: Brief, request: CompositionRequest, composition: Composition) -> tuple[str, ...]:
    """Return what was left out in the words of the brief, and with it what cannot do without it."""
    held = {pattern.name for pattern in composition.patterns}
    gone = [one.word.text for one in brief.excluded if one.pattern not in held]
    return (*dict.fromkeys(gone), *_gone_with_it(request, held))


def _gone_with_it(request: CompositionRequest, held: set[str]) -> Iterator[str]:
    for name in dict.fromkeys(other for pattern in request.patterns for other in pattern_named(pattern).brings):
        if name not in held | request.without:
            because = sorted(needed_by(name) & request.without - held)
            yield f"{name}, because it needs {' and '.join(because)}"


def kept(brief: Brief, composition: Composition) -> tuple[str, ...]:
    """Return what is in the design although the brief does not want it, with the reason."""
    held = {pattern.name: pattern for pattern in composition.patterns}
    said = {one.pattern: one.word.text for one in brief.excluded if one.pattern in held and one.pattern != "accounts"}
    return tuple(f"kept, although you do not want it: {text}, {_needing(name, held)}" for name, text in said.items())


def _needing(name: str, held: dict[str, Pattern]) -> str:
    names = [p.name for p in held.values() if name in p.needs or p.default == name]
    return f"needed by {', '.join(names)}" if names else "on which something that you want is built"


def less_than_whole(pattern: Pattern, request: CompositionRequest) -> bool:
    """Tell whether something that a bundle brings was left out."""
    return bool(pattern.brings and {*pattern.brings} - _names(request))


def meaning_in(pattern: Pattern, request: CompositionRequest) -> str:
    """Return what the pattern means in this design: a bundle that lost a part is the parts that are left."""
    if not less_than_whole(pattern, request):
        return pattern.meaning
    names = _names(request)
    return "; ".join(pattern_named(name).meaning for name in pattern.brings if name in names)


def _names(request: CompositionRequest) -> frozenset[str]:
    return frozenset(pattern.name for pattern in resolve_patterns(request))
